"""What is owed to senders of payments, and how it was sent back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiema_app.domain.recharges.views import PaymentId
from jiema_app.domain.units import MicroUsdt, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """The transfer that paid a refund.

    Attributes:
        note: What whoever reported it said; None when it was seen to leave the pool.
        actor: Who reported it; None likewise.
        is_final: False when it is proposed, and a second person must confirm it.
    """

    txid: str
    log_index: int
    block_number: int
    sender: str
    receiver: str
    amount: MicroUsdt
    note: str | None
    actor: str | None
    is_final: bool
    stated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A payment that a person decided to send back.

    Attributes:
        user_id: Whose recharge it came for; None when nobody held the wallet.
        sender: Who made the payment, and is to have it back.
        wallet: Where it came to.
        txid: Of the payment itself.
        block_number: Likewise.
        decided_at: Since when it is owed.
        payout_id: What the signer is to send it by; None where nobody has told it to.
        payout_status: How far that has come: a word of ``PayoutStatus``.
        last: The transfer that paid it, or that was last proposed.
    """

    payment_id: PaymentId
    recharge_id: str | None
    user_id: UserId | None
    amount: MicroUsdt
    sender: str
    wallet: str
    txid: str
    block_number: int
    decided_at: datetime
    decided_by: str
    note: str
    payout_id: str | None
    payout_status: str | None
    last: Sending | None

    @property
    def sent(self) -> Sending | None:
        """How it was paid; None while it is owed."""
        return self.last if self.last is not None and self.last.is_final else None

    @property
    def proposal(self) -> Sending | None:
        """What one person reported and a second one has not confirmed."""
        return None if self.sent is not None else self.last


def refund_view(row: Any, sending: Any) -> Refund:
    """A view of a row of ``refund_queries.REFUNDS`` and of one of ``SENT``, or none."""
    last = None
    if sending is not None:
        last = Sending(**{name: sending[name] for name in Sending.__dataclass_fields__})
    return Refund(**dict(row), last=last)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReport:
    """Somebody says by which transaction a refund was sent.

    Attributes:
        note: How it came to that, for whoever reads it later.
        actor: Who says so: the id of an administrator, or a command of ours.
        receiver: Where it went, when that is not the address that the payment came from.
        is_other_amount: It brought more or less than is owed, and that is all there will be.
    """

    payment_id: str
    txid: str
    note: str
    actor: str
    receiver: str | None = None
    is_other_amount: bool = False
