"""A withdrawal as its owner's page shows it: every word and figure in the page's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from jiema_app.domain.withdrawals.statuses import ShownStatus
from jiema_app.domain.withdrawals.views import WithdrawalView
from jiema_app.i18n.formats import day_and_time, iso_time, usdt
from jiema_app.i18n.translation import t, tc
from jiema_app.i18n.withdrawal_texts import (
    CHECKED,
    SOURCE_WORDS,
    STATUS_MOODS,
    STATUS_WORDS,
    given_back,
    headline,
    status_text,
)
from jiema_app.site.account.chain_text import ADDRESS_ENDS, TXID_ENDS, ends
from jiema_app.site.components.status_badge import StatusLine

SHOWN_AFTER: Final = timedelta(days=3)
"""For so long the page begins with how the last one ended; then it is a line of the list."""

DONE: Final = "done"
NOW: Final = "now"
AHEAD: Final = "ahead"
FAILED: Final = "failed"
"""How a step of a withdrawal stands."""

_TXID_SHOWN: Final = frozenset({ShownStatus.BROADCAST, ShownStatus.SETTLED})


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way of a withdrawal."""

    label: str = ""
    at: str = ""
    at_text: str = ""
    state: str = AHEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalCard(StatusLine):
    """One withdrawal with all that its owner sees.

    Attributes:
        is_shown: Whether the page begins with it.
        note: Why it was rejected, in the reviewer's words.
        outcome: What became of the money; empty while it is open.
        not_before: For an address that still has to wait; empty for others.
    """

    is_shown: bool = False
    is_cancellable: bool = False
    is_open: bool = False
    headline: str = ""
    text: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    note: str = ""
    outcome: str = ""
    amount: str = ""
    fee: str = ""
    net: str = ""
    source: str = ""
    address: str = ""
    address_ends: str = ""
    txid: str = ""
    txid_shown: str = ""
    at: str = ""
    at_text: str = ""
    not_before: str = ""
    not_before_text: str = ""


def withdrawal_card(
    view: WithdrawalView, *, locale: str, now: datetime, usual_s: int | None = None
) -> WithdrawalCard:
    """Everything the page shows of a withdrawal.

    Args:
        view: The withdrawal.
        locale: Of the page.
        now: By the server's clock.
        usual_s: As of ``status_text``.
    """
    waits = view.is_open and view.usable_from is not None and view.usable_from > now
    txid = view.txid if view.txid and view.status in _TXID_SHOWN else ""
    return WithdrawalCard(
        id=view.id,
        status_word=STATUS_WORDS[view.status](locale),
        mood=STATUS_MOODS.get(view.status, "waiting"),
        is_waiting=view.is_open,
        is_shown=_is_shown(view, now),
        is_cancellable=view.is_cancellable,
        is_open=view.is_open,
        headline=headline(view, locale),
        text=status_text(view, locale, now=now, usual_s=usual_s),
        steps=_steps(view, locale),
        note=view.note or "",
        outcome=_outcome(view, locale),
        amount=usdt(view.amount),
        fee=usdt(view.fee),
        net=usdt(view.net),
        source=SOURCE_WORDS[view.source](locale),
        address=view.address,
        address_ends=ends(view.address, ADDRESS_ENDS),
        txid=txid,
        txid_shown=ends(txid, TXID_ENDS) if txid else "",
        at=iso_time(view.created_at),
        at_text=day_and_time(locale, view.created_at),
        not_before=iso_time(view.usable_from) if waits and view.usable_from else "",
        not_before_text=day_and_time(locale, view.usable_from)
        if waits and view.usable_from
        else "",
    )


def _is_shown(view: WithdrawalView, now: datetime) -> bool:
    """Whether the page begins with it: what its owner took back, they know."""
    if view.is_open:
        return True
    if view.status is ShownStatus.CANCELLED or view.ended_at is None:
        return False
    return now - view.ended_at < SHOWN_AFTER


def _outcome(view: WithdrawalView, locale: str) -> str:
    if view.is_open:
        return ""
    if view.status is ShownStatus.SETTLED:
        return t(locale, "You received {amount}", amount=usdt(view.net))
    return given_back(view, locale)


def _steps(view: WithdrawalView, locale: str) -> list[Step]:
    """From the request to a final block; where it ends otherwise, to there."""
    requested = _step(tc(locale, "withdrawal", "Requested"), view.created_at, DONE, locale)
    if not view.is_open and view.status is not ShownStatus.SETTLED:
        last = STATUS_WORDS[view.status](locale)
        return [requested, _step(last, view.ended_at, FAILED, locale)]
    under_way = _UNDER_WAY[view.status]
    sent_at = view.sent_at if view.txid and view.status in _TXID_SHOWN else None
    ways = (
        (tc(locale, "withdrawal", "Approved"), view.approved_at),
        (tc(locale, "withdrawal", "Sent"), sent_at),
        # Translators: the last step of a withdrawal.
        (t(locale, "Final on the network"), view.ended_at),
    )
    steps = [requested]
    for place, (label, at) in enumerate(ways):
        if place < under_way:
            steps.append(_step(label, at, DONE, locale))
        elif place == under_way:
            steps.append(Step(_NOW_WORDS[view.status](locale), state=NOW))
        else:
            steps.append(Step(label))
    return steps


_UNDER_WAY: Final = {
    ShownStatus.REQUESTED: 0,
    ShownStatus.APPROVED: 1,
    ShownStatus.SIGNED: 1,
    ShownStatus.BROADCAST: 2,
    ShownStatus.SETTLED: 3,
    **dict.fromkeys(CHECKED, 1),
}
"""How many steps after the request are done."""

_NOW_WORDS: Final[Mapping[ShownStatus, Callable[[str], str]]] = {
    **STATUS_WORDS,
    ShownStatus.APPROVED: lambda locale: t(locale, "To be sent"),
}
"""What the step is called that is under way."""


def _step(label: str, at: datetime | None, state: str, locale: str) -> Step:
    if at is None:
        return Step(label, state=state)
    return Step(label, iso_time(at), day_and_time(locale, at), state)
