"""How far a withdrawal has come, and why one is refused before it begins."""

from enum import StrEnum
from typing import Final

from jiema_app.domain.payouts.statuses import PayoutStatus


class WithdrawalStatus(StrEnum):
    """What the house decided. How far an approved one has come its payout says."""

    REQUESTED = "REQUESTED"
    """It waits for a person."""
    APPROVED = "APPROVED"
    """A payout of it is queued."""
    REJECTED = "REJECTED"
    """The money is back where it came from."""
    CANCELLED = "CANCELLED"
    """By its owner, before anybody approved it."""
    SETTLED = "SETTLED"
    """Paid, in a final block."""


class ShownStatus(StrEnum):
    """Both in one word, as its owner, the command line and the API show it."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    SIGNED = "SIGNED"
    BROADCAST = "BROADCAST"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    FAILED_ON_CHAIN = "FAILED_ON_CHAIN"
    EXPIRED_ABSENT = "EXPIRED_ABSENT"
    NEEDS_REVIEW = "NEEDS_REVIEW"


def shown_status(status: WithdrawalStatus, payout: PayoutStatus | None) -> ShownStatus:
    """The word for a decision and how far it was carried out."""
    if status is not WithdrawalStatus.APPROVED or payout in {None, PayoutStatus.QUEUED}:
        return ShownStatus(status)
    assert payout is not None
    return ShownStatus(payout)


OPEN_STATUSES: Final = frozenset({WithdrawalStatus.REQUESTED, WithdrawalStatus.APPROVED})


class WithdrawalFault(StrEnum):
    """Why a withdrawal is not taken. Beside these, an address has faults of its own."""

    PAUSED = "PAUSED"
    """Nothing is paid out here now."""
    AMOUNT = "AMOUNT"
    """No amount, or none that can be read."""
    TOO_SMALL = "TOO_SMALL"
    TOO_LARGE = "TOO_LARGE"
    """More than may be asked for at once."""
    NOT_COVERED = "NOT_COVERED"
    ONE_OPEN = "ONE_OPEN"
    DAY_COUNT = "DAY_COUNT"
    DAY_SUM = "DAY_SUM"
    COMMISSION_OWED = "COMMISSION_OWED"
    """A claw-back has taken commission below zero."""
    SOURCE = "SOURCE"
    """The balance for orders is not paid out."""
    SIGN_IN_AGAIN = "SIGN_IN_AGAIN"
    """They signed in too long ago."""
    TERMS_CHANGED = "TERMS_CHANGED"
    """The fee is another one than they were told."""
