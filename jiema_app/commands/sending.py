"""Having refunds sent by the signer, right after it was decided that they are owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jiema_app.bootstrap import Services
from jiema_app.domain.errors import DomainError
from jiema_app.domain.payment_reviews.views import ReviewPayment


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of having one payment sent back.

    Attributes:
        payout_id: What the signer sends it by; None when it was only proposed, or refused.
        refused: Why it was not; empty when it was.
    """

    payment_id: str
    payout_id: str | None
    is_final: bool
    refused: str = ""

    @property
    def words(self) -> str:
        """For people."""
        if self.refused:
            return f"payment {self.payment_id} is owed and not sent: {self.refused}"
        if not self.is_final:
            return (
                f"payment {self.payment_id}: sending it is proposed; another person asks for the "
                "same with `recharge send-refund`"
            )
        return f"payment {self.payment_id} is sent by payout {self.payout_id}"

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "paymentId": self.payment_id,
            "payoutId": self.payout_id,
            "isFinal": self.is_final,
            "refused": self.refused or None,
        }


async def send_owed(
    services: Services, payments: Sequence[ReviewPayment], *, actor: str, note: str
) -> Sequence[Sent]:
    """Have each of some payments sent that is owed; what is refused stays owed."""
    return [await _send(services, one.id, actor, note) for one in payments if one.is_refund_owed]


async def _send(services: Services, payment: str, actor: str, note: str) -> Sent:
    try:
        ordered = await services.payouts.refund_sending.send(payment, actor=actor, note=note)
    except DomainError as refused:
        return Sent(payment, None, is_final=False, refused=refused.message)
    return Sent(payment, ordered.refund.payout_id, ordered.is_final)
