"""How far a payout has come, and how one transaction of it ended."""

from enum import StrEnum
from typing import Final


class PayoutStatus(StrEnum):
    """QUEUED → SIGNED → BROADCAST → SETTLED; aside, FAILED_ON_CHAIN, EXPIRED_ABSENT, NEEDS_REVIEW.

    From the last three a person has it tried again (QUEUED) or ends it (CANCELLED), and only
    while no transaction of it may still be paid.
    """

    QUEUED = "QUEUED"
    """To be signed."""
    SIGNED = "SIGNED"
    """A transaction is stored; whether a byte of it was sent is not known."""
    BROADCAST = "BROADCAST"
    """A node has been given it."""
    SETTLED = "SETTLED"
    """Paid, in a final block."""
    FAILED_ON_CHAIN = "FAILED_ON_CHAIN"
    """In a final block, and nothing was moved but the fee."""
    EXPIRED_ABSENT = "EXPIRED_ABSENT"
    """Proved to be in no block, now or ever, more often than it is tried again by itself."""
    NEEDS_REVIEW = "NEEDS_REVIEW"
    """A check failed that waiting does not mend, or something contradicts itself."""
    CANCELLED = "CANCELLED"
    """Ended by a person, or replaced by another payout; nothing was paid."""


FOR_A_PERSON: Final = frozenset(
    {PayoutStatus.FAILED_ON_CHAIN, PayoutStatus.EXPIRED_ABSENT, PayoutStatus.NEEDS_REVIEW}
)
"""Where it stays until somebody decides."""


class AttemptOutcome(StrEnum):
    """How one signed transaction ended; none while it may still be paid."""

    SETTLED = "SETTLED"
    """In a final block, and it paid."""
    FAILED = "FAILED"
    """In a final block, and it moved nothing."""
    ABSENT = "ABSENT"
    """In no block, and its time is over."""
