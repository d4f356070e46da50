"""What a recharge looks like to those who ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

from jiema_app.domain.recharges.statuses import Oddity, PaymentStatus, RechargeStatus
from jiema_app.domain.units import Cents, CountryId, MicroUsdt, ServiceCode, UserId

RechargeId = NewType("RechargeId", str)
PaymentId = NewType("PaymentId", str)


class JudgedPayment:
    """What a payment is to the books, whoever looks at it."""

    __slots__ = ()

    is_genuine: bool
    oddity: Oddity | None
    status: PaymentStatus
    refund_txid: str | None

    @property
    def is_money(self) -> bool:
        """Whether something of value came in from outside: then the books hold it."""
        return self.is_genuine and self.oddity is not Oddity.OWN_TRANSFER

    @property
    def is_refund_owed(self) -> bool:
        """Whether it is to be sent back, and was not yet."""
        return self.status is PaymentStatus.REFUNDED and self.is_money and self.refund_txid is None


@dataclass(frozen=True, slots=True)
class PaymentView(JudgedPayment):
    """A transfer that arrived for a recharge, in a final block.

    Attributes:
        amount: In the token's smallest unit; of a strange token, of any size.
        credited_micro: How much of it was put on a balance.
        refund_txid: The transaction that sent it back; None while it is owed, or never was.
    """

    id: PaymentId
    txid: str
    block_time: datetime
    is_genuine: bool
    amount: int
    status: PaymentStatus
    oddity: Oddity | None
    credited_micro: MicroUsdt
    refund_txid: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody was about to buy when their balance did not cover it.

    Attributes:
        price_cents: What it cost then.
    """

    service: ServiceCode
    country: CountryId
    price_cents: Cents


@dataclass(frozen=True, slots=True)
class OwnersNote:
    """What a recharge's owner says to whoever reviews its payments."""

    words: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RechargeView:
    """A recharge as its owner sees it.

    Attributes:
        amount_micro: What is to be paid, exactly.
        closes_at: After this a payment is late; ``expires_at`` unless its owner cancelled.
        seen_micro: What a block that is not final yet would bring; None when nothing is
            under way.
        confirmations: Blocks on top of that one, itself counted.
        is_refund_owed: Whether something of it is to be sent back, and was not yet.
        wish: What to offer its owner once it is credited.
        payments: What arrived, oldest first. Empty in lists.
        notes: What its owner said about it, oldest first. Empty in lists.
    """

    id: RechargeId
    user_id: UserId
    address: str
    status: RechargeStatus
    oddity: Oddity | None
    amount_micro: MicroUsdt
    received_micro: MicroUsdt
    credited_micro: MicroUsdt
    version: int
    created_at: datetime
    expires_at: datetime
    closes_at: datetime
    settled_at: datetime | None
    seen_micro: MicroUsdt | None = None
    confirmations: int = 0
    is_refund_owed: bool = False
    wish: Wish | None = None
    payments: Sequence[PaymentView] = ()
    notes: Sequence[OwnersNote] = ()

    @property
    def is_open(self) -> bool:
        """Whether it waits for its payment."""
        return self.status is RechargeStatus.OPEN


@dataclass(frozen=True, slots=True)
class RechargePage:
    """Recharges, newest first, and where the next page begins."""

    recharges: Sequence[RechargeView]
    next_cursor: str | None


def recharge_view(row: Any, payments: Sequence[PaymentView] = ()) -> RechargeView:
    """A view of a row with the columns of ``queries.RECHARGE_COLUMNS``."""
    fields = dict(row)
    fields["status"] = RechargeStatus(fields["status"])
    fields["oddity"] = None if fields["oddity"] is None else Oddity(fields["oddity"])
    wanted = [fields.pop(name) for name in ("wanted_service", "wanted_country", "wanted_cents")]
    wish = None if wanted[0] is None else Wish(*wanted)
    return RechargeView(**fields, wish=wish, payments=payments)


def payment_view(row: Any) -> PaymentView:
    """A view of a row with the columns of ``queries.PAYMENT_COLUMNS``."""
    return PaymentView(
        id=row["id"],
        txid=row["txid"],
        block_time=row["block_time"],
        is_genuine=row["is_genuine"],
        amount=int(row["amount"]),
        status=PaymentStatus(row["status"]),
        oddity=None if row["oddity"] is None else Oddity(row["oddity"]),
        credited_micro=MicroUsdt(row["credited_micro"] or 0),
        refund_txid=row["refund_txid"],
    )
