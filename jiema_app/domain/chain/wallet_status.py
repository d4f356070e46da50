"""Whether a wallet can be given to somebody."""

from enum import StrEnum


class WalletStatus(StrEnum):
    """Whether a wallet can be given to somebody."""

    FREE = "FREE"
    LOCKED = "LOCKED"
    """Somebody is asked to pay to it."""
    COOLDOWN = "COOLDOWN"
    """Nobody is asked any more, and what still arrives belongs to whoever was last."""
    QUARANTINED = "QUARANTINED"
    """Taken out of use by a person. It never becomes free by itself."""
