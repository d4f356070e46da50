"""Texts of pages that are built: tokens, and what a language puts in their place."""

import json

import pytest

from jiema_app.i18n import translation
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.i18n.page_texts import BORROWED_TAG, LANGUAGES, LOCALE, money, t, tc, tn
from jiema_app.i18n.tokens import TOKEN, Recipe, TokenUnknown, in_language, known_recipes, value_of
from jiema_app.settings import get_settings
from jiema_app.site.registry import all_pages


def test_a_text_is_a_token_and_the_same_one_each_time() -> None:
    assert TOKEN.fullmatch(t("Order"))
    assert t("Order") == t("Order") != t("Orders") != tc("verb", "Order")


def test_each_language_has_its_own() -> None:
    text = f"{t('Order ID')}: /{LOCALE}/browse, {money(320_000)}"
    assert in_language(text, "en") == "Order ID: /en/browse, $0.32"
    assert in_language(text, "zh") == "订单号: /zh/browse, US$0.32"


def test_values_are_put_in_and_may_be_texts() -> None:
    text = t("From {price}", price=money(40_000))
    assert in_language(text, "en") == "From $0.04"
    assert in_language(text, "ar").count("\u2068") == 1


@pytest.mark.parametrize(("n", "said"), [(1, "1 code received"), (2, "2 codes received")])
def test_a_number_chooses_the_form(n: int, said: str) -> None:
    assert in_language(tn("{n} code received", "{n} codes received", n), "en") == said


def test_a_language_without_words_says_whose_it_borrows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {value_of(BORROWED_TAG, locale) for locale in LOCALES} == {None}
    monkeypatch.setattr(translation, "_words", lambda _locale: translation.ENGLISH)
    assert [value_of(BORROWED_TAG, locale) for locale in ("en", "ar", "pl")] == [None, "en", "en"]


def test_the_languages_are_those_that_are_served() -> None:
    listed = json.loads(in_language(LANGUAGES, "en"))
    assert [locale for locale, _ in listed] == list(get_settings().locales)


def test_a_recipe_comes_back_from_the_journal() -> None:
    made = t("From {price}", price=money(40_000))
    written = json.loads(json.dumps(known_recipes()[made].as_json()))
    assert Recipe.from_json(written).token == made


def test_nothing_is_put_in_for_an_unknown_token() -> None:
    with pytest.raises(TokenUnknown, match="zq0123456789abqz"):
        in_language("zq0123456789abqz", "en")


def test_every_page_has_its_title_in_every_language() -> None:
    for page in all_pages():
        for locale in page.locales_of(get_settings().locales):
            assert not TOKEN.search(in_language(f"{page.title}{page.description}", locale))
