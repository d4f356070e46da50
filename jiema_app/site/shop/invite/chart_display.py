"""What was earned day by day, as bars in a drawing and as lines of a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from jiema_app.domain.referrals.invite_views import EarnedDay
from jiema_app.domain.units import MICRO_PER_CENT, MicroUsdt, cents, micro
from jiema_app.i18n.formats import money, short_day
from jiema_app.i18n.translation import t, tn

HEIGHT: Final = 100
STEP: Final = 10
"""Width of a day in the drawing; its bar takes most of it."""
BAR: Final = 7
SEEN_MIN: Final = 1.5
"""A bar of less would be no bar."""
ROUND: Final = (1, 2, 5)
"""The scale ends at one of these times a power of ten."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A day that earned something, or lost it, in the drawing's units."""

    x: str = ""
    y: str = ""
    height: str = ""
    title: str = ""
    is_loss: bool = False


@dataclass(frozen=True, slots=True)
class DayLine:
    """The same day as a line of the table."""

    day: str = ""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing with its words.

    Attributes:
        bars: Empty where nothing was earned.
        lines: Of the days with a bar, the newest first.
        zero: Where the ground line lies.
        summary: All of it in a sentence, for who does not see it.
    """

    bars: list[Bar] = field(default_factory=list)
    lines: list[DayLine] = field(default_factory=list)
    box: str = "0 0 300 100"
    zero: str = "100"
    top: str = ""
    middle: str = ""
    first: str = ""
    last: str = ""
    total: str = ""
    summary: str = ""


def earnings_chart(days: Sequence[EarnedDay], locale: str) -> Chart:
    """The chart of some days, the oldest first."""
    amounts = [each.earned_micro for each in days]
    total = MicroUsdt(sum(amounts))
    top, bottom = _round_up(max(*amounts, 0)), min(*amounts, 0)
    bottom = -_round_up(-bottom) if bottom else 0
    scale = HEIGHT / (top - bottom or 1)
    period = tn(locale, "Last {n} day", "Last {n} days", len(days))
    zero = top * scale if top or bottom else HEIGHT
    return Chart(
        bars=[
            _bar(place, each, zero, scale, locale)
            for place, each in enumerate(days)
            if each.earned_micro
        ],
        lines=[
            DayLine(short_day(locale, each.day), money(locale, each.earned_micro))
            for each in reversed(days)
            if each.earned_micro
        ],
        box=f"0 0 {STEP * len(days)} {HEIGHT}",
        zero=f"{zero:.2f}",
        top=money(locale, MicroUsdt(top)) if top else "",
        middle=money(locale, MicroUsdt(top // 2)) if top and not bottom else "",
        first=short_day(locale, days[0].day),
        last=short_day(locale, days[-1].day),
        total=money(locale, micro(cents(total))),
        summary=t(locale, "{period}: {amount} earned", period=period, amount=money(locale, total)),
    )


def _bar(place: int, each: EarnedDay, zero: float, scale: float, locale: str) -> Bar:
    height = max(SEEN_MIN, abs(each.earned_micro) * scale)
    is_loss = each.earned_micro < 0
    return Bar(
        x=f"{STEP * place + (STEP - BAR) / 2:g}",
        y=f"{zero if is_loss else zero - height:.2f}",
        height=f"{height:.2f}",
        title=f"{short_day(locale, each.day)}: {money(locale, each.earned_micro)}",
        is_loss=is_loss,
    )


def _round_up(amount: int) -> int:
    """An amount that is as large or larger, and easily halved."""
    if amount <= 0:
        return 0
    size = MICRO_PER_CENT
    while True:
        for times in ROUND:
            if times * size >= amount:
                return times * size
        size *= 10
