"""What is paid out, in which asset, and what our own addresses are for."""

from enum import StrEnum
from typing import Final


class PayoutKind(StrEnum):
    """Why something leaves a wallet of ours."""

    WITHDRAWAL = "WITHDRAWAL"
    """USDT from the hot wallet to a user's address."""
    REFUND = "REFUND"
    """USDT from the hot wallet or from a wallet of the pool, back to whoever paid."""
    SWEEP = "SWEEP"
    """USDT from a wallet of the pool to the hot wallet or the treasury."""
    GAS = "GAS"
    """TRX from the hot wallet to a wallet of the pool, so that it can be swept or refund."""


class PayoutAsset(StrEnum):
    """What is sent. Both have six decimals."""

    USDT = "USDT"
    TRX = "TRX"


class Purpose(StrEnum):
    """What an address of our own is for."""

    POOL = "POOL"
    """Receives recharges."""
    HOT = "HOT"
    """Pays out."""
    TREASURY = "TREASURY"
    """Keeps what is not needed every day. Its key is not here."""


SOURCES: Final = {
    PayoutKind.WITHDRAWAL: frozenset({Purpose.HOT}),
    PayoutKind.REFUND: frozenset({Purpose.HOT, Purpose.POOL}),
    PayoutKind.SWEEP: frozenset({Purpose.POOL}),
    PayoutKind.GAS: frozenset({Purpose.HOT}),
}
"""From which of our addresses a payout of a kind may leave."""

OWN_DESTINATIONS: Final = {
    PayoutKind.SWEEP: frozenset({Purpose.HOT, Purpose.TREASURY}),
    PayoutKind.GAS: frozenset({Purpose.POOL}),
}
"""Where a payout of a kind that stays in the house may go. The other kinds go to others only."""
