"""Deciding about payments, in short."""

from jiema_app.domain.models.user import Role
from jiema_app.domain.payment_reviews.plans import Action, Decision
from jiema_app.domain.payment_reviews.service import Settled
from jiema_app.domain.payment_reviews.views import ReviewCase
from jiema_app.domain.recharges.statuses import Oddity
from jiema_app.domain.units import MicroUsdt, UserId
from tests.support.arrivals import Arrivals
from tests.support.shop import Customer, Shop

POOL, HELD, DUE, UNCLAIMED, OUTGOING = 6, 8, 9, 10, 11

REFUND = Decision(Action.REFUND)
DISMISS = Decision(Action.DISMISS)

WORTHLESS = {Oddity.WRONG_TOKEN, Oddity.OWN_TRANSFER}


def credit(usdt: float) -> Decision:
    return Decision(Action.CREDIT, MicroUsdt(round(usdt * 1_000_000)))


async def settle(
    shop: Shop,
    subject: str,
    decision: Decision,
    *,
    actor: str = "command-line",
    user: UserId | None = None,
) -> Settled:
    return await shop.services.reviews.settle(
        subject, decision, note="looked at", actor=actor, user=user
    )


async def admin(shop: Shop) -> str:
    made = await shop.customer(cents=0)
    await shop.services.identity.grant(made.id, Role.ADMIN, actor="command-line")
    return made.id


async def waiting(shop: Shop) -> list[ReviewCase]:
    return list(await shop.services.reviews.list_waiting())


async def big_one(arrivals: Arrivals, ann: Customer) -> str:
    made = await arrivals.recharge(ann, MicroUsdt(300_000_000))
    await arrivals.pay(made.address, 250_000_000)
    return made.id
