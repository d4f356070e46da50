"""What inviting pays, as the shop's pages tell it. It is read with the catalogue, and changes with it."""

from dataclasses import dataclass
from typing import Final

from jiema_app.domain.units import MicroUsdt


@dataclass(frozen=True, slots=True)
class EarningTerms:
    """What inviting pays, and what it costs to have that paid out.

    Attributes:
        commission_bp: Share of what an invited user pays, in basis points; 1000 is 10 %.
        fee_bp: Share of a withdrawal, likewise.
        fee_min_micro: At least so much of each.
        amount_min_micro: Less is not paid out.
        address_wait_s: Seconds that a changed address waits.
    """

    commission_bp: int
    fee_bp: int
    fee_min_micro: MicroUsdt
    amount_min_micro: MicroUsdt
    address_wait_s: int


FIRST_TERMS: Final = EarningTerms(1_000, 500, MicroUsdt(2_000_000), MicroUsdt(5_000_000), 86_400)
"""As the migrations write them: they hold in a process that has not read the catalogue yet."""
