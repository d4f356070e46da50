"""Money, numbers and times as the reader's language writes them.

Every function takes the locale of the page and writes as its words do, so that a page
that is still English holds English figures. Two rules hold in every language:

* Digits are the Latin 0-9: prices, codes and phone numbers are compared with other
  screens and copied into them.
* Money is a sign, a currency and digits in one piece. In text that runs from right to
  left its caller puts it into ``<bdi>``, or into the values of ``t``, which isolates them.

Times are given aware and written in UTC; ``iso_time`` is for ``<time datetime>``, from
which the browser makes the visitor's own time.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import cache, lru_cache
from typing import Final, Self

from babel import Locale
from babel.dates import format_skeleton, format_timedelta, get_datetime_format
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from jiema_app.domain.units import MICRO_PER_USDT, MicroUsdt, usdt_text
from jiema_app.i18n.digits import has_groups
from jiema_app.i18n.grammatical_cases import Unit, count_in_case
from jiema_app.i18n.locale_list import RIGHT_TO_LEFT
from jiema_app.i18n.translation import Inflected, t, words_locale

UNITS: Final[tuple[tuple[Unit, int], ...]] = (
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
    ("second", 1),
)

JUST_NOW_S: Final = 5
"""Below this an age is not worth a number."""

DIGIT_BEFORE_HAN: Final = re.compile(r"(?<=[0-9])(?=[\u4e00-\u9fff])")
"""Our Chinese texts stand apart from figures: "15 分钟", as in the catalogue."""

SPACE_BEFORE_HAN: Final = re.compile(r"(?<=[0-9]) (?=[\u4e00-\u9fff])")

FIGURES_KEPT: Final = 16_384
"""The same prices and counts stand in thousands of pages, and writing one takes ten
microseconds."""

MINUTES_FROM_S: Final = 90
"""From here on a short length of time is told in minutes."""

HOURS_UP_TO_S: Final = 72 * 3_600
"""Whole hours are told as hours up to here: a rule of 24 hours is not one of a day."""

DATED_AFTER: Final = timedelta(days=30)
"""Beyond this a date says more than an age."""


@lru_cache(maxsize=4096)  # prices are few, and asked for again and again
def money(locale: str, amount: MicroUsdt) -> str:
    """The amount in US dollars: two decimals, more where the amount has them.

    One USDT counts as one dollar. Where a bare ``$`` may be another country's dollar it
    is ``US$``. In right-to-left languages it stands before the digits, so that the
    whole is one left-to-right piece.
    """
    return _money(words_locale(locale), amount)


@lru_cache(FIGURES_KEPT)
def _money(words: str, amount: MicroUsdt) -> str:
    language = _language(words)
    pattern = str(language.currency_formats["standard"].pattern)
    symbol_first = words in RIGHT_TO_LEFT
    dollars = Decimal(amount) / MICRO_PER_USDT
    return format_currency(
        dollars,
        "USD",
        "¤#,##0.00####" if symbol_first else pattern.replace("0.00", "0.00####"),
        locale=language,
        currency_digits=False,
        group_separator=has_groups(words, dollars),
    )


def usdt(amount: MicroUsdt) -> str:
    """The amount as wallets write it, in every language: ``1000.00 USDT``.

    It is compared with what a wallet shows, and typed into one.
    """
    return f"{usdt_digits(amount)} USDT"


def usdt_digits(amount: MicroUsdt) -> str:
    """The same without its unit: two decimals, more where the amount has them."""
    return usdt_text(amount, decimals_min=2)


def number(locale: str, n: int) -> str:
    """A whole number, in groups of digits."""
    return _number(words_locale(locale), n)


@lru_cache(FIGURES_KEPT)
def _number(words: str, n: int) -> str:
    return format_decimal(n, locale=_language(words), group_separator=has_groups(words, n))


def decimal(locale: str, value: Decimal | float) -> str:
    """A number with decimals, at most three and as few as it needs: a factor."""
    return format_decimal(value, format="0.###", locale=_language(locale))


def countries(locale: str, codes: Iterable[str]) -> str:
    """Countries by their codes (ISO 3166), as a list within a sentence."""
    language = _language(locale)
    return format_list(
        [str(language.territories.get(code, code)) for code in codes], locale=language
    )


@lru_cache(FIGURES_KEPT)
def percent(locale: str, share: float, decimals: int = 0) -> str:
    """A share of one as a percentage, rounded down: only all of it is 100 %."""
    step = Decimal(1).scaleb(-2 - decimals)
    # By its shortest form: the float 0.29 is a little less than 0.29.
    rounded = Decimal(str(share)).quantize(step, ROUND_FLOOR)
    return format_percent(rounded, locale=_language(locale), decimal_quantization=False)


def basis_points(locale: str, points: int) -> str:
    """A share in basis points as a percentage, exact: 1250 is "12.5%"."""
    decimals = 0 if points % 100 == 0 else 1 if points % 10 == 0 else 2
    return percent(locale, points / 10_000, decimals)


def day(locale: str, moment: datetime) -> str:
    """The date, with the month as a word. In UTC."""
    return format_skeleton("yMMMd", moment.astimezone(UTC), locale=_language(locale))


def short_day(locale: str, moment: date) -> str:
    """The date without its year, for days that lie close together."""
    return format_skeleton("MMMd", _noon(moment), locale=_language(locale))


def month(locale: str, moment: datetime) -> str:
    """The month as a word, and its year. In UTC."""
    return format_skeleton("yMMM", moment.astimezone(UTC), locale=_language(locale))


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def day_and_time(locale: str, moment: datetime) -> str:
    """Date and time to the minute, and that it is UTC."""
    language = _language(locale)
    clock = format_skeleton("Hm", moment.astimezone(UTC), locale=language)
    joined = str(get_datetime_format("medium", locale=language))  # its type is wrong in Babel
    return joined.replace("{1}", day(locale, moment)).replace("{0}", f"{clock} UTC")


def iso_time(moment: datetime) -> str:
    """The moment for programs, to the second: the ``datetime`` of ``<time>``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def time_ago(locale: str, moment: datetime, now: datetime) -> str:
    """How long ago it was, in its largest whole unit; the date when that is long.

    A moment that is still to come, by a clock that differs, is just now.
    """
    age = now - moment
    if age >= DATED_AFTER:
        return day(locale, moment)
    seconds = int(age.total_seconds())
    if seconds < JUST_NOW_S:
        return t(locale, "just now")
    unit, length = next(each for each in UNITS if each[1] <= seconds)
    return _count(locale, seconds // length, unit, ago=True)


class LengthOfTime(Inflected):
    """A length of time as its language writes it, which a sentence may ask for in a case."""

    __slots__ = ("_locale", "_seconds")

    _locale: str
    _seconds: int

    def __new__(cls, locale: str, seconds: int) -> Self:
        """Write it out."""
        made = super().__new__(cls, _duration(locale, seconds, ""))
        made._locale, made._seconds = locale, seconds
        return made

    def in_case(self, case: str) -> str:
        """As ``{time:genitive}`` in a translation wants it."""
        return _duration(self._locale, self._seconds, case)


def duration(locale: str, seconds: int) -> LengthOfTime:
    """A length of time in its two largest units: "15 minutes", "1 hour 30 minutes"."""
    return LengthOfTime(locale, seconds)


def _duration(locale: str, seconds: int, case: str) -> str:
    longer = next((i for i, unit in enumerate(UNITS) if unit[1] <= seconds), len(UNITS) - 1)
    if longer == 0 and seconds <= HOURS_UP_TO_S and seconds % UNITS[1][1] == 0:
        longer = 1
    unit, length = UNITS[longer]
    whole, rest = divmod(seconds, length)
    first = _count(locale, whole, unit, case=case)
    if longer + 1 == len(UNITS):
        return first
    unit, length = UNITS[longer + 1]
    if rest < length:
        return first
    second = _count(locale, rest // length, unit, case=case)
    # Translators: a length of time in two units, as in "1 hour 30 minutes".
    return t(locale, "{longer} {shorter}", longer=first, shorter=second)


def short_seconds(locale: str, seconds: int) -> str:
    """A length of time in its short form: "12 sec"; in minutes from one and a half on, rounded."""
    return _short_seconds(words_locale(locale), seconds)


@lru_cache(FIGURES_KEPT)
def _short_seconds(words: str, seconds: int) -> str:
    unit, n = ("minute", (seconds + 30) // 60) if seconds >= MINUTES_FROM_S else ("second", seconds)
    text = format_unit(n, f"duration-{unit}", length="short", locale=_language(words))
    # A figure and the sign of its unit stand in one line.
    return _spaced(text, words).replace(" ", "\u00a0")


def _count(locale: str, n: int, unit: Unit, *, ago: bool = False, case: str = "") -> str:
    bent = count_in_case(words_locale(locale), case, n, unit) if case else None
    if bent is not None:
        return bent
    length = dict(UNITS)[unit]
    text = format_timedelta(
        timedelta(seconds=-n * length if ago else n * length),
        granularity=unit,
        threshold=float("inf"),  # never a larger unit: ten days are not a week
        add_direction=ago,
        locale=_language(locale),
    )
    return _spaced(text, locale)


def _spaced(text: str, locale: str) -> str:
    """A count as our texts write it: "15 分钟" in Chinese, "15分" in Japanese."""
    if words_locale(locale) == "ja":
        return SPACE_BEFORE_HAN.sub("", text)
    return DIGIT_BEFORE_HAN.sub(" ", text)


@cache
def _language(locale: str) -> Locale:
    """Babel's data of the words' language, loaded when it is first needed."""
    return Locale.parse(words_locale(locale))
