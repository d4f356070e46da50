"""How a withdrawal stands, in words: what has happened, and what happens next."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from jiema_app.domain.withdrawals.statuses import ShownStatus
from jiema_app.domain.withdrawals.views import WithdrawalView
from jiema_app.i18n.formats import duration, money, usdt
from jiema_app.i18n.rounded_times import rounded_up
from jiema_app.i18n.translation import t, tc

CHECKED: Final = frozenset(
    {ShownStatus.FAILED_ON_CHAIN, ShownStatus.EXPIRED_ABSENT, ShownStatus.NEEDS_REVIEW}
)
"""A person looks at it. Why is for us to know: its owner's money is held, whatever it is."""

ON_ITS_WAY: Final = frozenset({ShownStatus.SIGNED, ShownStatus.BROADCAST})

STATUS_WORDS: Final[Mapping[ShownStatus, Callable[[str], str]]] = {
    ShownStatus.REQUESTED: lambda locale: t(locale, "In review"),
    ShownStatus.APPROVED: lambda locale: tc(locale, "withdrawal", "Approved"),
    ShownStatus.SIGNED: lambda locale: t(locale, "Being sent"),
    ShownStatus.BROADCAST: lambda locale: t(locale, "Confirming"),
    ShownStatus.SETTLED: lambda locale: t(locale, "Paid"),
    ShownStatus.REJECTED: lambda locale: t(locale, "Rejected"),
    ShownStatus.CANCELLED: lambda locale: tc(locale, "withdrawal", "Cancelled"),
    ShownStatus.FAILED_ON_CHAIN: lambda locale: t(locale, "Being checked"),
    ShownStatus.EXPIRED_ABSENT: lambda locale: t(locale, "Being checked"),
    ShownStatus.NEEDS_REVIEW: lambda locale: t(locale, "Being checked"),
}

STATUS_MOODS: Final[Mapping[ShownStatus, str]] = {
    ShownStatus.SETTLED: "good",
    ShownStatus.REJECTED: "bad",
    ShownStatus.CANCELLED: "neutral",
}
"""Of what has ended; the others wait."""

SOURCE_WORDS: Final[Mapping[str, Callable[[str], str]]] = {
    "commission": lambda locale: t(locale, "Commission"),
    "spending": lambda locale: t(locale, "Balance"),
}


_HEADLINES: Final[Mapping[ShownStatus, Callable[[str, str], str]]] = {
    ShownStatus.APPROVED: lambda locale, net: t(
        locale, "Approved: we'll send {amount} next", amount=net
    ),
    ShownStatus.SIGNED: lambda locale, net: t(locale, "We're sending {amount}", amount=net),
    ShownStatus.BROADCAST: lambda locale, net: t(
        locale, "{amount} sent: the network is confirming it", amount=net
    ),
    ShownStatus.SETTLED: lambda locale, net: t(locale, "{amount} paid to your address", amount=net),
    ShownStatus.REJECTED: lambda locale, _: t(locale, "We rejected your withdrawal"),
    ShownStatus.CANCELLED: lambda locale, _: t(locale, "You cancelled this withdrawal"),
}


def headline(view: WithdrawalView, locale: str) -> str:
    """How it stands, in one line: of what is to be withdrawn, or of what is sent of it."""
    amount = usdt(view.amount)
    if view.status is ShownStatus.REQUESTED:
        return t(locale, "We're reviewing your withdrawal of {amount}", amount=amount)
    if view.status in CHECKED:
        return t(locale, "We're checking your withdrawal of {amount}", amount=amount)
    return _HEADLINES[view.status](locale, usdt(view.net))


def status_text(
    view: WithdrawalView, locale: str, *, now: datetime, usual_s: int | None
) -> list[str]:
    """What that means, what happens next, and how long it takes.

    Args:
        view: The withdrawal.
        locale: Of the page.
        now: By the server's clock.
        usual_s: Seconds that half of the reviews of late took at most; None: too few to say.
    """
    if view.status in CHECKED:
        return _checked(locale)
    if view.status in ON_ITS_WAY:
        return [_on_its_way(view, locale)]
    if view.status is ShownStatus.SETTLED:
        return [t(locale, "The payment is final. Nothing more will change.")]
    if not view.is_open:
        return [given_back(view, locale)]
    lines = _reviewed(locale, usual_s) if view.status is ShownStatus.REQUESTED else _queued(locale)
    if view.usable_from is not None and view.usable_from > now:
        lines.append(
            t(
                locale,
                "This is a new address for your account, so we wait before we send anything to it.",
            )
        )
    return lines


def given_back(view: WithdrawalView, locale: str) -> str:
    """That all of it is back, and where."""
    amount = money(locale, view.amount)
    if view.source == "spending":
        return t(locale, "All {amount}, including the fee, is back in your balance.", amount=amount)
    return t(locale, "All {amount}, including the fee, is back in your commission.", amount=amount)


def _reviewed(locale: str, usual_s: int | None) -> list[str]:
    lines = [
        t(
            locale,
            "We review each withdrawal by hand before we send it. You can cancel until we've "
            "approved it.",
        )
    ]
    if usual_s is not None:
        time = duration(locale, rounded_up(usual_s))
        lines.append(t(locale, "Half of our recent reviews took {time} or less.", time=time))
    return lines


def _queued(locale: str) -> list[str]:
    return [
        t(
            locale,
            "We send approved withdrawals automatically, one after another. It can't be cancelled "
            "any more.",
        )
    ]


def _on_its_way(view: WithdrawalView, locale: str) -> str:
    if view.status is ShownStatus.SIGNED:
        return t(locale, "It will reach the network in a moment.")
    return t(locale, "It's final when its block is, usually within two minutes.")


def _checked(locale: str) -> list[str]:
    return [
        t(
            locale,
            "Sending it didn't go as planned, so one of our team is looking at it. Your money is "
            "safe: we hold it for you until it's paid or given back in full.",
        ),
        t(locale, "You don't need to do anything."),
    ]
