"""Who may decide about a payment: one person, two, and of two at once one."""

import asyncio
from collections import Counter

import pytest

from jiema_app.domain.errors import (
    AlreadyChanged,
    DomainError,
    Forbidden,
    NotOpen,
)
from jiema_app.domain.models.user import Role
from jiema_app.domain.payment_reviews.service import Settled
from jiema_app.domain.recharges.statuses import Oddity, RechargeStatus
from jiema_app.domain.units import MicroUsdt, UserId
from tests.services.review_desk import (
    DISMISS,
    DUE,
    OUTGOING,
    POOL,
    REFUND,
    admin,
    big_one,
    credit,
    settle,
)
from tests.support.arrivals import TEN, Arrivals
from tests.support.shop import Customer, Shop


async def test_only_administrators_decide(shop: Shop, arrivals: Arrivals, ann: Customer) -> None:
    recharge, _ = await arrivals.hold(Oddity.UNDER, ann)
    assert recharge is not None
    with pytest.raises(Forbidden):
        await settle(shop, recharge, credit(9), actor=ann.id)


async def test_an_administrator_who_is_banned_decides_nothing(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge, _ = await arrivals.hold(Oddity.UNDER, ann)
    assert recharge is not None
    by = await admin(shop)
    await shop.services.identity.ban(UserId(by), actor="command-line", reason="a thief")
    for decision in (credit(9), REFUND, DISMISS):
        with pytest.raises(Forbidden):
            await settle(shop, recharge, decision, actor=by)


async def test_nobody_decides_about_a_credit_to_themselves(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge, _ = await arrivals.hold(Oddity.UNDER, ann)
    assert recharge is not None
    await shop.services.identity.grant(ann.id, Role.ADMIN, actor="command-line")
    with pytest.raises(Forbidden, match="themselves"):
        await settle(shop, recharge, credit(9), actor=ann.id)


async def test_a_large_credit_takes_two_people(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge = await big_one(arrivals, ann)
    by = await admin(shop)
    proposed = await settle(shop, recharge, credit(200))
    assert not proposed.is_final
    assert await shop.balance(ann) == 0
    [payment] = proposed.case.waiting
    assert payment.proposal is not None
    assert (payment.proposal.actor, payment.proposal.amount) == ("command-line", 200_000_000)
    with pytest.raises(Forbidden, match="Another person"):
        await settle(shop, recharge, credit(200))
    confirmed = await settle(shop, recharge, credit(200), actor=by)
    assert confirmed.is_final
    assert confirmed.case.payments[0].proposal is None
    assert await shop.balance(ann) == 200_000_000
    assert await shop.fetchval("select array_agg(is_final order by id) from payment_decisions") == [
        False,
        True,
    ]
    topics = await shop.fetchval("select array_agg(topic order by id) from outbox_events")
    assert topics == ["payment.held", "payment.proposed", "recharge.credited"]


@pytest.mark.parametrize("loss", ["banned_at = now()", "role = 'user'"])
async def test_the_proposal_of_somebody_who_may_not_decide_any_more_does_not_count(
    shop: Shop, arrivals: Arrivals, ann: Customer, loss: str
) -> None:
    recharge = await big_one(arrivals, ann)
    thief, by = await admin(shop), await admin(shop)
    assert not (await settle(shop, recharge, credit(200), actor=thief)).is_final
    await shop.execute(f"update users set {loss} where id = $1", thief)
    assert not (await settle(shop, recharge, credit(200), actor=by)).is_final
    assert await shop.balance(ann) == 0
    assert (await settle(shop, recharge, credit(200))).is_final


async def test_another_amount_replaces_the_proposal(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge = await big_one(arrivals, ann)
    by = await admin(shop)
    await settle(shop, recharge, credit(200))
    assert not (await settle(shop, recharge, credit(150), actor=by)).is_final
    assert not (await settle(shop, recharge, credit(200), actor=by)).is_final
    assert (await settle(shop, recharge, credit(200))).is_final
    assert await shop.balance(ann) == 200_000_000


async def test_a_proposal_does_not_hold_for_what_arrives_later(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge = await big_one(arrivals, ann)
    by = await admin(shop)
    await settle(shop, recharge, credit(200))
    address = (await shop.services.recharges.find(recharge)).address
    await arrivals.pay(address, 70_000_000)
    assert not (await settle(shop, recharge, credit(200), actor=by)).is_final
    assert await shop.balance(ann) == 0


async def test_a_proposal_for_one_user_is_not_confirmed_for_another(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    payment = await arrivals.pay(await arrivals.free_address(), 150_000_000)
    bob, by = await shop.customer(cents=0), await admin(shop)
    assert not (await settle(shop, payment, credit(150), user=ann.id)).is_final
    assert not (await settle(shop, payment, credit(150), actor=by, user=bob.id)).is_final
    assert (await settle(shop, payment, credit(150), user=bob.id)).is_final
    assert (await shop.balance(ann), await shop.balance(bob)) == (0, 150_000_000)


async def test_a_large_credit_is_not_made_of_small_ones(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    made = await arrivals.recharge(ann, MicroUsdt(300_000_000))
    first = await arrivals.pay(made.address, 80_000_000)
    second = await arrivals.pay(made.address, 80_000_000)
    assert (await settle(shop, first, credit(80))).is_final
    assert not (await settle(shop, second, credit(80))).is_final
    assert (await settle(shop, second, credit(20))).is_final


async def test_one_person_is_enough_to_refund_or_dismiss(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge = await big_one(arrivals, ann)
    await settle(shop, recharge, credit(200))
    assert (await settle(shop, recharge, REFUND)).is_final
    assert await arrivals.house(DUE) == 250_000_000


async def test_money_sent_back_is_owed_no_more(
    shop: Shop, arrivals: Arrivals, ann: Customer
) -> None:
    recharge, payment = await arrivals.hold(Oddity.UNDER, ann)
    assert recharge is not None
    await settle(shop, recharge, REFUND)
    found = await shop.services.reviews.find(payment)
    [arrived] = found.payments
    await arrivals.pay(arrived.from_address, arrived.amount, sender=arrived.to_address)
    assert [await arrivals.house(one) for one in (POOL, DUE, OUTGOING)] == [0, 0, 0]


async def test_two_who_decide_at_once_do_not_both_succeed(shop: Shop, arrivals: Arrivals) -> None:
    outcomes: Counter[str] = Counter()
    for round_, decision in enumerate((credit(9), REFUND, DISMISS) * 4, 1):
        ann = await shop.customer(cents=0)
        await arrivals.shop.services.pool.grow(1)
        recharge, _ = await arrivals.hold(Oddity.UNDER, ann)
        assert recharge is not None
        results = await asyncio.gather(
            settle(shop, recharge, decision),
            settle(shop, recharge, credit(9)),
            settle(shop, recharge, DISMISS),
            return_exceptions=True,
        )
        refused = [one for one in results if isinstance(one, DomainError)]
        assert [isinstance(one, Settled) for one in results].count(True) == 1
        assert all(isinstance(one, AlreadyChanged | NotOpen) for one in refused)
        outcomes.update(type(one).__name__ for one in refused)
        assert await shop.fetchval("select count(*) from payment_decisions") == round_
    assert outcomes["AlreadyChanged"]


async def test_a_payment_that_is_credited_by_itself_meanwhile_is_never_lost(
    shop: Shop, arrivals: Arrivals
) -> None:
    """A fake waits; the genuine payment is judged while a person decides about the fake."""
    for decision in (REFUND, DISMISS) * 10:
        ann = await shop.customer(cents=0)
        await shop.services.pool.grow(1)
        made = await arrivals.recharge(ann)
        await arrivals.pay(made.address, 1, genuine=False)
        await arrivals.bring(made.address, TEN)
        results = await asyncio.gather(
            settle(shop, made.id, decision), arrivals.judge(), return_exceptions=True
        )
        assert results[1] is None
        if isinstance(results[0], Exception):
            assert isinstance(results[0], AlreadyChanged)
            await settle(shop, made.id, decision)
        view = await shop.services.recharges.find(made.id)
        assert (view.status, view.credited_micro) == (RechargeStatus.CREDITED, TEN)
        assert await shop.balance(ann) == TEN
