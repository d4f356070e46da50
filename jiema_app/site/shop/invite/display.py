"""What came of a link, as the words and figures of the page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from jiema_app.domain.referrals.commissions import CommissionPurse
from jiema_app.domain.referrals.invite_views import (
    CommissionMovement,
    Funnel,
    InvitedPerson,
    PendingCommission,
)
from jiema_app.domain.referrals.statuses import HoldReason, ReferralStatus
from jiema_app.domain.units import cents, micro
from jiema_app.i18n.formats import day_and_time, iso_time, money, month, number, percent
from jiema_app.i18n.translation import t, tc, tn
from jiema_app.settings import get_settings
from jiema_app.site.account.statement_lines import KINDS, signed_money
from jiema_app.site.design.qr_code import qr_drawing

STATUS_WORDS: Final[Mapping[ReferralStatus, Callable[[str], str]]] = {
    ReferralStatus.NEW: lambda locale: tc(locale, "invited person", "New"),
    ReferralStatus.ACTIVE: lambda locale: tc(locale, "invited person", "Active"),
    ReferralStatus.HELD: lambda locale: t(locale, "In review"),
    ReferralStatus.DENIED: lambda locale: tc(locale, "invited person", "Doesn't count"),
}

STATUS_MOODS: Final[Mapping[ReferralStatus, str]] = {
    ReferralStatus.NEW: "neutral",
    ReferralStatus.ACTIVE: "good",
    ReferralStatus.HELD: "waiting",
    ReferralStatus.DENIED: "bad",
}

REASON_WORDS: Final[Mapping[HoldReason, Callable[[str], str]]] = {
    HoldReason.ORDER_OPEN: lambda locale: t(locale, "The order is still open"),
    HoldReason.JUDGING: lambda locale: t(locale, "We're checking the invitation"),
    HoldReason.SAME_PERSON: lambda locale: t(
        locale, "In review: the invited account may be your own"
    ),
    HoldReason.SAME_DEVICE: lambda locale: t(
        locale, "In review: you and the invited account used the same browser"
    ),
    HoldReason.SAME_NETWORK: lambda locale: t(
        locale, "In review: accounts signed up from the same network"
    ),
    HoldReason.MANY_SIGN_UPS: lambda locale: t(
        locale, "In review: unusually many sign-ups in a short time"
    ),
    HoldReason.MANY_REFUNDS: lambda locale: t(locale, "In review: unusually many cancelled orders"),
    HoldReason.UNDER_REVIEW: lambda locale: t(locale, "We're reviewing the invitation by hand"),
}


@dataclass(frozen=True, slots=True)
class LinkCard:
    """A personal link, and the ways to hand it on.

    Attributes:
        shown: The link without its scheme.
        telegram: Address that has Telegram share it.
        words: What goes with it where somebody shares it.
        pause: Why it brings nobody just now; empty while it does.
    """

    url: str = ""
    shown: str = ""
    telegram: str = ""
    words: str = ""
    pause: str = ""
    qr_path: str = ""
    qr_box: str = "0 0 1 1"


@dataclass(frozen=True, slots=True)
class PurseCard:
    """What was earned.

    Attributes:
        held: Empty while nothing waits to be paid out.
        whole: What the button moves that moves everything; empty when there is nothing to move.
        debt: Why nothing can be moved; empty unless more was taken back than there was.
    """

    available: str = ""
    pending: str = ""
    held: str = ""
    whole: str = ""
    debt: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the funnel.

    Attributes:
        share: How many of the step before came so far; empty where that says nothing.
    """

    label: str = ""
    value: str = ""
    share: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who was invited."""

    name: str = ""
    joined: str = ""
    orders: str = ""
    earned: str = ""
    status_word: str = ""
    mood: str = "neutral"


@dataclass(frozen=True, slots=True)
class PendingRow:
    """Commission that is not available yet, and why."""

    amount: str = ""
    name: str = ""
    reason: str = ""
    at: str = ""
    at_text: str = ""


@dataclass(frozen=True, slots=True)
class MovementRow:
    """Something that moved available commission."""

    kind: str = ""
    name: str = ""
    amount: str = ""
    balance: str = ""
    at: str = ""
    at_text: str = ""
    is_credit: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """Where else a list goes.

    Attributes:
        problem: What is wrong with the place in the address; empty where nothing is.
    """

    older: str = ""
    newest: str = ""
    problem: str = ""


def mini_app_link(code: str) -> str:
    """The link that opens the Mini App for somebody, and says signed who has sent them."""
    own = get_settings().telegram
    app = f"/{own.mini_app}" if own.mini_app else ""
    return f"https://t.me/{own.bot_username}{app}?startapp={code}"


def link_card(
    code: str, locale: str, *, is_suspended: bool = False, in_telegram: bool = False
) -> LinkCard:
    """The link with this last part: to the shop on the web, or to the one in Telegram."""
    url = mini_app_link(code) if in_telegram else f"{get_settings().origin}/r/{code}"
    words = t(locale, "Temporary phone numbers for SMS codes, paid per number:")
    drawing = qr_drawing(url)
    return LinkCard(
        url=url,
        shown=url.partition("//")[2],
        telegram=f"https://t.me/share/url?url={quote(url, '')}&text={quote(words, '')}",
        words=words,
        pause=t(
            locale,
            "Your link is paused while we review it. Accounts created through it don't count "
            "right now.",
        )
        if is_suspended
        else "",
        qr_path=drawing.path,
        qr_box=drawing.view_box,
    )


def purse_card(purse: CommissionPurse, locale: str) -> PurseCard:
    """What is in the purses of commission."""
    debt = ""
    if purse.available < 0:
        debt = t(
            locale,
            "We took back commission that you had already moved or withdrawn. What you earn next "
            "covers this first.",
        )
    return PurseCard(
        available=money(locale, purse.available),
        pending=money(locale, purse.pending),
        held=money(locale, purse.held) if purse.held else "",
        whole=money(locale, purse.available) if purse.available > 0 else "",
        debt=debt,
    )


def funnel_steps(funnel: Funnel, locale: str) -> list[Step]:
    """From a click to what it earned, in whole cents."""
    of_clicks = _percent(funnel.sign_ups, funnel.clicks, locale)
    of_sign_ups = _percent(funnel.first_orders, funnel.sign_ups, locale)
    return [
        Step(t(locale, "Clicks"), number(locale, funnel.clicks)),
        Step(
            t(locale, "Sign-ups"),
            number(locale, funnel.sign_ups),
            t(locale, "{percent} of clicks", percent=of_clicks) if of_clicks else "",
        ),
        Step(
            t(locale, "First orders"),
            number(locale, funnel.first_orders),
            t(locale, "{percent} of sign-ups", percent=of_sign_ups) if of_sign_ups else "",
        ),
        Step(
            t(locale, "Earned"),
            money(locale, micro(cents(funnel.earned_micro))),
            tn(locale, "{n} order", "{n} orders", funnel.orders) if funnel.orders else "",
        ),
    ]


def person_rows(people: Sequence[InvitedPerson], locale: str) -> list[PersonRow]:
    """People as rows."""
    return [
        PersonRow(
            name=one.pseudonym,
            joined=t(locale, "Joined {month}", month=month(locale, one.joined_at)),
            orders=tn(locale, "{n} order", "{n} orders", one.orders),
            earned=money(locale, one.earned_micro),
            status_word=STATUS_WORDS[one.status](locale),
            mood=STATUS_MOODS[one.status],
        )
        for one in people
    ]


def pending_rows(pending: Sequence[PendingCommission], locale: str) -> list[PendingRow]:
    """Pending commission as rows."""
    return [
        PendingRow(
            amount=money(locale, one.amount_micro),
            name=one.pseudonym,
            reason=REASON_WORDS[one.reason](locale),
            at=iso_time(one.ordered_at),
            at_text=day_and_time(locale, one.ordered_at),
        )
        for one in pending
    ]


def movement_rows(movements: Sequence[CommissionMovement], locale: str) -> list[MovementRow]:
    """Movements as rows."""
    return [
        MovementRow(
            kind=KINDS[one.kind](locale),
            name=one.pseudonym,
            amount=signed_money(locale, one.amount_micro),
            balance=money(locale, one.balance_after_micro),
            at=iso_time(one.moved_at),
            at_text=day_and_time(locale, one.moved_at),
            is_credit=one.amount_micro > 0,
        )
        for one in movements
    ]


def _percent(part: int, whole: int, locale: str) -> str:
    # Somebody may have come without a click that was counted.
    return percent(locale, part / whole) if 0 < part <= whole else ""
