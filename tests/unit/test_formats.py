"""Figures are written as each language writes them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from jiema_app.domain.units import MicroUsdt
from jiema_app.i18n import translation
from jiema_app.i18n.formats import (
    day,
    day_and_time,
    duration,
    iso_time,
    money,
    number,
    percent,
    time_ago,
)
from jiema_app.i18n.translation import tn

NOW = datetime(2026, 3, 5, 14, 7, 9, tzinfo=UTC)


def without_isolates(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(
    ("micro", "english", "others"),
    [
        (0, "$0.00", "US$0.00"),
        (320_000, "$0.32", "US$0.32"),
        (1_234_500_000, "$1,234.50", "US$1,234.50"),
        (37_500, "$0.0375", "US$0.0375"),
        (1, "$0.000001", "US$0.000001"),
        (-3_200_000, "-$3.20", "-US$3.20"),
    ],
)
def test_money_has_two_decimals_and_more_where_it_needs_them(
    micro: int, english: str, others: str
) -> None:
    amount = MicroUsdt(micro)
    assert [money(locale, amount) for locale in ("en", "zh", "ar")] == [english, others, others]


def test_figures_of_an_untranslated_page_are_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "_words", lambda _locale: translation.ENGLISH)
    assert money("de", MicroUsdt(1_234_567_891)) == "$1,234.567891"
    assert number("de", 1_234_567) == "1,234,567"


@pytest.mark.parametrize(
    ("locale", "four", "five"),
    [("es", "1037", "12.345"), ("it", "1037", "12.345"), ("pl", "1037", "12\xa0345"),
     ("de", "1.037", "12.345"), ("fr", "1\u202f037", "12\u202f345"), ("en", "1,037", "12,345")],
)  # fmt: skip
def test_digits_are_grouped_as_browsers_group_them(locale: str, four: str, five: str) -> None:
    assert (number(locale, 1_037), number(locale, 12_345)) == (four, five)
    assert four in money(locale, MicroUsdt(1_037_000_000))
    assert four in tn(locale, "{n} number", "{n} numbers", 1_037)


@pytest.mark.parametrize("locale", ["en", "zh", "ar"])
def test_digits_are_latin_everywhere(locale: str) -> None:
    written = [
        number(locale, 9_876_543_210),
        percent(locale, 0.25),
        day_and_time(locale, NOW),
        duration(locale, 3 * 3600),
        time_ago(locale, NOW - timedelta(minutes=3), NOW),
        money(locale, MicroUsdt(1)),
    ]
    digits = {character for text in written for character in text if character.isdigit()}
    assert digits <= set("0123456789")


@pytest.mark.parametrize(
    ("share", "decimals", "said"),
    [(0.29, 0, "29%"), (0.9996, 1, "99.9%"), (0.987, 1, "98.7%"), (1, 1, "100%"), (0, 0, "0%")],
)
def test_a_percentage_is_never_rounded_up(share: float, decimals: int, said: str) -> None:
    assert percent("en", share, decimals) == said


@pytest.mark.parametrize(
    ("locale", "date", "to_the_minute"),
    [
        ("en", "Mar 5, 2026", "Mar 5, 2026, 14:07 UTC"),
        ("zh", "2026年3月5日", "2026年3月5日 14:07 UTC"),
        ("ar", "5 مارس 2026", "5 مارس 2026، 14:07 UTC"),
    ],
)
def test_dates_have_their_month_in_words(locale: str, date: str, to_the_minute: str) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=11)))  # where it is the sixth already
    assert day(locale, there) == date
    assert day_and_time(locale, there) == to_the_minute
    assert iso_time(there) == "2026-03-05T14:07:09Z"


@pytest.mark.parametrize(
    ("seconds", "english", "chinese", "arabic"),
    [
        (-30, "just now", "刚刚", "الآن"),
        (4, "just now", "刚刚", "الآن"),
        (5, "5 seconds ago", "5 秒钟前", "قبل 5 ثوانِ"),
        (119, "1 minute ago", "1 分钟前", "قبل دقيقة واحدة"),
        (180, "3 minutes ago", "3 分钟前", "قبل 3 دقائق"),
        (7200, "2 hours ago", "2 小时前", "قبل ساعتين"),
        (11 * 86400, "11 days ago", "11 天前", "قبل 11 يومًا"),
        (31 * 86400, "Feb 2, 2026", "2026年2月2日", "2 فبراير 2026"),
    ],
)
def test_ages_are_told_in_their_largest_unit(
    seconds: int, english: str, chinese: str, arabic: str
) -> None:
    moment = NOW - timedelta(seconds=seconds)
    said = [time_ago(locale, moment, NOW) for locale in ("en", "zh", "ar")]
    assert said == [english, chinese, arabic]


@pytest.mark.parametrize(
    ("seconds", "english", "chinese", "arabic"),
    [
        (0, "0 seconds", "0 秒钟", "0 ثانية"),
        (900, "15 minutes", "15 分钟", "15 دقيقة"),
        (5400, "1 hour 30 minutes", "1 小时 30 分钟", "ساعة و30 دقيقة"),
        (7205, "2 hours", "2 小时", "ساعتان"),
        (10 * 86400, "10 days", "10 天", "10 أيام"),
    ],
)
def test_lengths_of_time_are_told_in_two_units(
    seconds: int, english: str, chinese: str, arabic: str
) -> None:
    said = [without_isolates(duration(locale, seconds)) for locale in ("en", "zh", "ar")]
    assert said == [english, chinese, arabic]
