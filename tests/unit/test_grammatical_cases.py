"""Lengths of time bend where a sentence asks for it."""

import pytest

from jiema_app.i18n.formats import duration
from jiema_app.i18n.grammatical_cases import CASES, count_in_case, has_case
from jiema_app.i18n.locale_list import PLURAL_RULES
from jiema_app.i18n.translation import Inflected, filled


@pytest.mark.parametrize(
    ("locale", "case", "seconds", "told"),
    [
        ("ru", "accusative", 60, "1 минуту"),
        ("ru", "accusative", 21 * 60, "21 минуту"),
        ("ru", "genitive", 15 * 60, "15 минут"),
        ("ru", "genitive", 24 * 3600, "24 часов"),
        ("uk", "accusative", 22 * 3600, "22 години"),
        ("pl", "accusative", 3600, "1 godzinę"),
        ("pl", "genitive", 30 * 86_400, "30 dni"),
        ("ar", "genitive", 120, "دقيقتين"),
        ("ar", "genitive", 60, "دقيقة واحدة"),
        ("ar", "genitive", 24 * 3600, "24 ساعة"),
        ("de", "dative", 30 * 86_400, "30 Tagen"),
        ("hi", "oblique", 3600, "1 घंटे"),
        ("fr", "genitive", 900, "15 minutes"),
    ],
)
def test_a_length_of_time_stands_in_the_case_that_is_asked_for(
    locale: str, case: str, seconds: int, told: str
) -> None:
    text = filled(f"{{time:{case}}}", {"time": duration(locale, seconds)}, locale, isolated=False)
    assert text.replace("\N{NO-BREAK SPACE}", " ") == told


def test_alone_it_stands_in_the_nominative() -> None:
    assert filled("{time}", {"time": duration("ar", 120)}, "ar", isolated=False) == "دقيقتان"
    assert str(duration("ru", 60)) == "1 минута"


def test_what_has_no_cases_stands_as_it_is() -> None:
    assert filled("{n:genitive} {price:dative}", {"n": 5, "price": "$1"}, "ru") == "5 $1"


@pytest.mark.parametrize("locale", CASES)
def test_each_case_has_a_word_for_each_plural_form(locale: str) -> None:
    forms = int(PLURAL_RULES[locale].partition("nplurals=")[2][0])
    for case, units in CASES[locale].items():
        assert has_case(locale, case)
        assert units.keys() == {"day", "hour", "minute", "second"}
        assert all(len(words) == forms for words in units.values())
        assert all(count_in_case(locale, case, n, "minute") for n in range(130))


def test_rules_of_hours_are_told_in_hours() -> None:
    assert duration("en", 24 * 3600) == "24 hours"
    assert duration("en", 72 * 3600) == "72 hours"
    assert duration("en", 30 * 86_400) == "30 days"


def test_an_inflected_value_without_cases_of_its_own_stands_as_it_is() -> None:
    assert filled("{name:genitive}", {"name": Inflected("Ada")}, "ru") == "Ada"
