"""What the signer pays for, and in what."""

from enum import StrEnum
from typing import Final


class Asset(StrEnum):
    """What is paid."""

    USDT = "USDT"
    """In micro-USDT, the token's own unit."""
    TRX = "TRX"
    """In sun, a millionth of a TRX."""


class Kind(StrEnum):
    """Why it is paid."""

    WITHDRAWAL = "WITHDRAWAL"
    REFUND = "REFUND"
    SWEEP = "SWEEP"
    """Between wallets of the house."""
    GAS = "GAS"
    """TRX for a wallet of the pool, which pays for its own sweep with it."""


TO_OTHERS: Final = frozenset({Kind.WITHDRAWAL, Kind.REFUND})
"""What leaves the house."""

ASSET_OF: Final = {
    Kind.WITHDRAWAL: Asset.USDT,
    Kind.REFUND: Asset.USDT,
    Kind.SWEEP: Asset.USDT,
    Kind.GAS: Asset.TRX,
}
"""Nothing is paid in anything else."""
