"""What a decision means for each payment and for the books. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind
from jiema_app.domain.payment_reviews.views import ReviewPayment
from jiema_app.domain.recharges.statuses import Oddity, PaymentStatus
from jiema_app.domain.units import AccountId, MicroUsdt, usdt_text

NOTHING: Final = MicroUsdt(0)


class Action(StrEnum):
    """What a person may decide."""

    CREDIT = "credit"
    REFUND = "refund"
    """It goes back to whoever sent it. A person makes that transfer, outside of the product."""
    DISMISS = "dismiss"
    """It is nobody's."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided.

    Attributes:
        amount: To be credited, of all payments together. The rest is nobody's.
    """

    action: Action
    amount: MicroUsdt = NOTHING


@dataclass(frozen=True, slots=True)
class Move:
    """One posting of the ledger."""

    kind: TransferKind
    reference: str
    target: AccountId | HouseAccount
    amount: MicroUsdt


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one payment.

    Attributes:
        credited: How much of it goes to a user.
    """

    payment: ReviewPayment
    action: Action
    credited: MicroUsdt

    @property
    def status(self) -> PaymentStatus:
        """Where it ends."""
        return STATUSES[self.action]


STATUSES: Final = {
    Action.CREDIT: PaymentStatus.CREDITED,
    Action.REFUND: PaymentStatus.REFUNDED,
    Action.DISMISS: PaymentStatus.DISMISSED,
}

WORTHLESS: Final = {
    Oddity.WRONG_TOKEN: "It is another token than USDT, so it cannot be credited. Dismiss it.",
    Oddity.OWN_TRANSFER: (
        "It came from a wallet of our own, so nothing came in that could be credited. Dismiss it."
    ),
}


def plan(decision: Decision, waiting: Sequence[ReviewPayment]) -> Sequence[Fate]:
    """What becomes of each waiting payment.

    A credit is taken from the payments in the order of the chain. A payment of which nothing
    is taken is dismissed.

    Raises:
        BadRequest: It is no amount that could be credited. Nothing is decided.
    """
    if decision.action is not Action.CREDIT:
        return [Fate(payment, decision.action, NOTHING) for payment in waiting]
    arrived = sum(payment.amount for payment in waiting if payment.is_money)
    if not arrived:
        oddity = waiting[0].oddity
        raise BadRequest(WORTHLESS.get(oddity or Oddity.WRONG_TOKEN, "There is nothing to credit."))
    if not 0 < decision.amount <= arrived:
        raise BadRequest(f"Credit: more than 0, and at most the {usdt_text(arrived)} USDT waiting.")
    return list(_shares(decision.amount, waiting))


def _shares(left: int, waiting: Sequence[ReviewPayment]) -> Iterator[Fate]:
    for payment in waiting:
        share = min(left, payment.amount) if payment.is_money else 0
        left -= share
        yield Fate(payment, Action.CREDIT if share else Action.DISMISS, MicroUsdt(share))


def moves(fates: Sequence[Fate], account: AccountId | None) -> Iterator[Move]:
    """The postings, all from what the house holds. What is worth nothing moves nothing.

    Args:
        fates: Of every payment.
        account: Of the user who is credited.
    """
    for fate in fates:
        payment = fate.payment
        if not payment.is_money:
            continue
        rest = MicroUsdt(payment.amount - fate.credited)
        if fate.credited:
            assert account is not None
            yield Move(TransferKind.RECHARGE_CREDITED, payment.id, account, fate.credited)
        if fate.action is Action.REFUND:
            yield Move(TransferKind.PAYMENT_REFUND_DUE, payment.id, HouseAccount.REFUNDS_DUE, rest)
        elif rest:
            yield Move(
                TransferKind.PAYMENT_UNCLAIMED, payment.id, HouseAccount.PAYMENTS_UNCLAIMED, rest
            )
