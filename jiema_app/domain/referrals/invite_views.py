"""What the invite page is told: a link, what it did, whom it brought, and what that earned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.referrals.commissions import CommissionPurse
from jiema_app.domain.referrals.statuses import HoldReason, ReferralStatus
from jiema_app.domain.units import MicroUsdt


@dataclass(frozen=True, slots=True)
class Funnel:
    """What a link has done since it is there.

    Attributes:
        first_orders: Of how many people an order was completed.
        earned_micro: Released, less what was clawed back.
    """

    clicks: int
    sign_ups: int
    first_orders: int
    orders: int
    earned_micro: MicroUsdt


@dataclass(frozen=True, slots=True)
class EarnedDay:
    """What a link has earned on one day of UTC; below zero where more was clawed back."""

    day: date
    earned_micro: MicroUsdt


@dataclass(frozen=True, slots=True)
class Invite:
    """Somebody's link, and what came of it.

    Attributes:
        code: The last part of the link.
        is_suspended: Whether it brings nobody until a person has looked at it.
        days: One for each of the days asked for, the oldest first; today is the last.
    """

    code: str
    is_suspended: bool
    purse: CommissionPurse
    funnel: Funnel
    days: Sequence[EarnedDay]


@dataclass(frozen=True, slots=True)
class InvitedPerson:
    """Somebody who came by the link, as far as whoever invited them may know.

    Attributes:
        joined_at: When; shown to the month.
        orders: Completed ones that earned.
    """

    pseudonym: str
    joined_at: datetime
    orders: int
    earned_micro: MicroUsdt
    status: ReferralStatus


@dataclass(frozen=True, slots=True)
class PendingCommission:
    """Commission of one order that is not available yet."""

    ordered_at: datetime
    amount_micro: MicroUsdt
    pseudonym: str
    reason: HoldReason


@dataclass(frozen=True, slots=True)
class CommissionMovement:
    """Something that moved available commission.

    Attributes:
        pseudonym: Whose order it was; empty where it was none.
    """

    moved_at: datetime
    kind: TransferKind
    amount_micro: MicroUsdt
    balance_after_micro: MicroUsdt
    pseudonym: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """People, the newest first, and where the next page begins."""

    people: Sequence[InvitedPerson]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class PendingPage:
    """Pending commission, the newest order first, and where the next page begins."""

    pending: Sequence[PendingCommission]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class MovementPage:
    """Movements, the newest first, and where the next page begins."""

    movements: Sequence[CommissionMovement]
    next_cursor: str | None
