"""What whoever decides about payments is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiema_app.domain.recharges.statuses import Oddity, PaymentStatus
from jiema_app.domain.recharges.views import JudgedPayment, PaymentId, RechargeView
from jiema_app.domain.units import MicroUsdt, UserId


@dataclass(frozen=True, slots=True)
class Proposal:
    """A credit that one person wants, and a second one has not confirmed."""

    actor: str
    amount: MicroUsdt
    user_id: UserId
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPayment(JudgedPayment):
    """A payment with everything that is known about it.

    Attributes:
        amount: In the token's smallest unit; of a strange token, of any size.
        evidence: What was expected, and what is known besides.
        proposal: What was last proposed, while it waits.
        refund_txid: The transaction that sent it back; None while that is owed, too.
    """

    id: PaymentId
    recharge_id: str | None
    txid: str
    log_index: int
    block_number: int
    block_time: datetime
    contract: str
    is_genuine: bool
    from_address: str
    to_address: str
    amount: int
    status: PaymentStatus
    oddity: Oddity | None
    evidence: str | None
    credited_micro: MicroUsdt
    credited_user_id: UserId | None
    proposal: Proposal | None
    refund_txid: str | None

    @property
    def is_waiting(self) -> bool:
        """Whether a person must decide."""
        return self.status is PaymentStatus.IN_REVIEW


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """A recharge with every payment that arrived for it, or a payment that is nobody's yet."""

    recharge: RechargeView | None
    payments: Sequence[ReviewPayment]

    @property
    def waiting(self) -> Sequence[ReviewPayment]:
        """The payments that a person must decide on, in the order of the chain."""
        return [payment for payment in self.payments if payment.is_waiting]


def review_payment(row: Any) -> ReviewPayment:
    """A view of a row of ``review_queries.PAYMENTS``."""
    fields = dict(row)
    actor, amount, user, note = (
        fields.pop(f"proposed_{name}") for name in ("by", "micro", "user_id", "note")
    )
    is_waiting = fields["status"] == PaymentStatus.IN_REVIEW
    fields |= {
        "amount": int(fields["amount"]),
        "status": PaymentStatus(fields["status"]),
        "oddity": fields["oddity"] and Oddity(fields["oddity"]),
        "credited_micro": MicroUsdt(fields["credited_micro"] or 0),
        "proposal": Proposal(actor, amount, user, note) if actor and is_waiting else None,
    }
    return ReviewPayment(**fields)
