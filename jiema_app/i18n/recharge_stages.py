"""Where a recharge stands for its owner, in a word: what its page and the list share."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from jiema_app.domain.recharges.statuses import Oddity, RechargeStatus
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import MicroUsdt, micro_of
from jiema_app.i18n.translation import t
from jiema_app.settings import get_settings

Words = Callable[[str], str]


class Stage(StrEnum):
    """Where a recharge stands, for its owner."""

    WAITING = "waiting"
    CONFIRMING = "confirming"
    """A payment was seen in a block that is not final yet."""
    CLOSING = "closing"
    """The window is over; blocks that were made in time are still being read."""
    CREDITED = "credited"
    REVIEW = "review"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    RETURNING = "returning"
    """A person decided to send it back, and it was not sent yet."""
    REFUNDED = "refunded"
    DISMISSED = "dismissed"


STAGES: Final[Mapping[RechargeStatus, Stage]] = {
    RechargeStatus.CREDITED: Stage.CREDITED,
    RechargeStatus.IN_REVIEW: Stage.REVIEW,
    RechargeStatus.EXPIRED: Stage.EXPIRED,
    RechargeStatus.CANCELLED: Stage.CANCELLED,
    RechargeStatus.REFUNDED: Stage.REFUNDED,
    RechargeStatus.DISMISSED: Stage.DISMISSED,
}
"""Of what is no longer open."""


STAGE_WORDS: Final[Mapping[Stage, Words]] = {
    Stage.WAITING: lambda locale: t(locale, "Waiting for payment"),
    Stage.CONFIRMING: lambda locale: t(locale, "Confirming"),
    Stage.CLOSING: lambda locale: t(locale, "Final check"),
    Stage.CREDITED: lambda locale: t(locale, "Credited"),
    Stage.REVIEW: lambda locale: t(locale, "In review"),
    Stage.EXPIRED: lambda locale: t(locale, "Expired"),
    Stage.CANCELLED: lambda locale: t(locale, "Cancelled"),
    Stage.RETURNING: lambda locale: t(locale, "Return pending"),
    Stage.REFUNDED: lambda locale: t(locale, "Returned"),
    Stage.DISMISSED: lambda locale: t(locale, "Not credited"),
}


STAGE_MOODS: Final[Mapping[Stage, str]] = {
    Stage.WAITING: "waiting",
    Stage.CONFIRMING: "waiting",
    Stage.CLOSING: "waiting",
    Stage.CREDITED: "good",
    Stage.REVIEW: "waiting",
    Stage.EXPIRED: "neutral",
    Stage.CANCELLED: "neutral",
    Stage.RETURNING: "waiting",
    Stage.REFUNDED: "neutral",
    Stage.DISMISSED: "bad",
}


ODDITY_WORDS: Final[Mapping[Oddity, Words]] = {
    Oddity.UNDER: lambda locale: t(locale, "Too little arrived"),
    Oddity.OVER: lambda locale: t(locale, "Too much arrived"),
    Oddity.LATE: lambda locale: t(locale, "Arrived too late"),
    Oddity.EARLY: lambda locale: t(locale, "Arrived too early"),
    Oddity.DUPLICATE: lambda locale: t(locale, "Paid more than once"),
    Oddity.WRONG_TOKEN: lambda locale: t(locale, "Different token arrived"),
    Oddity.UNASSIGNED_WALLET: lambda locale: t(locale, "Address not assigned"),
    Oddity.OWN_TRANSFER: lambda locale: t(locale, "Sent from one of our addresses"),
    Oddity.MULTI_TRANSFER: lambda locale: t(locale, "Several payments in one transaction"),
}


LIVELY: Final = frozenset({Stage.WAITING, Stage.CONFIRMING, Stage.CLOSING})


def dust() -> MicroUsdt:
    """Less than this takes no payment's place."""
    return micro_of(get_settings().recharge.dust_usdt)


def stage_of(view: RechargeView, now: datetime, dust: MicroUsdt) -> Stage:
    """Where a recharge stands."""
    if view.status is RechargeStatus.REFUNDED and view.is_refund_owed:
        return Stage.RETURNING
    if view.status is not RechargeStatus.OPEN:
        return STAGES[view.status]
    if is_under_way(view, dust):
        return Stage.CONFIRMING
    return Stage.WAITING if view.closes_at > now else Stage.CLOSING


def is_under_way(view: RechargeView, dust: MicroUsdt) -> bool:
    """Whether a payment is in a block that is not final yet."""
    return view.seen_micro is not None and view.seen_micro >= dust
