"""Which language a visitor gets at an address that names none."""

from itertools import product

import pytest

from jiema_app.i18n.locale_list import LOCALES
from jiema_app.serving.language_choice import choose_locale


@pytest.mark.parametrize(
    ("accept_language", "locale"),
    [
        ("", "en"),
        ("*", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("xx, fr;q=0.4, pl;q=0.6", "pl"),
        ("zh-Hant-TW", "zh"),
        ("fil-PH,en;q=0.5", "tl"),
        ("in-ID", "id"),
        ("PT-br", "pt"),
        ("ru;q=0, uk", "uk"),
        ("ru;q=banana, ko;q=0.1", "ko"),
        ("en-GB;q=0.8, ja", "ja"),
        (",;;,q=,=;" * 1000, "en"),
    ],
)
def test_the_browser_s_languages_are_tried_in_order(accept_language: str, locale: str) -> None:
    assert choose_locale("", accept_language, LOCALES) == locale


def test_a_chosen_language_wins() -> None:
    assert choose_locale("a=b; locale=th", "de", LOCALES) == "th"


@pytest.mark.parametrize("cookie", ["locale=xx", "locale=", 'locale="', "=;=;", "locale=../en"])
def test_a_strange_cookie_is_ignored(cookie: str) -> None:
    assert choose_locale(cookie, "de", LOCALES) == "de"


def test_only_built_languages_are_offered() -> None:
    assert choose_locale("locale=ru", "de", ("zh", "ar")) == "zh"


@pytest.mark.parametrize(
    ("cookie", "account", "header"),
    [*product(("locale=th", "locale=xx", ""), ("ru", "xx", None), ("de", "xx", ""))],
)
def test_the_cookie_then_the_account_then_the_browser_then_english(
    cookie: str, account: str | None, header: str
) -> None:
    wanted = (
        {"locale=th": "th"}.get(cookie),
        {"ru": "ru"}.get(account or ""),
        {"de": "de"}.get(header),
    )
    expected = next(filter(None, wanted), "en")
    assert choose_locale(cookie, header, LOCALES, account=account) == expected


def test_an_account_s_language_in_which_there_is_no_such_page_is_passed_over() -> None:
    assert choose_locale("", "de", ("de", "ar"), account="zh") == "de"
