"""Pages and states get their words in the reader's language."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from jiema_app.commands.locale_sources import collect, uses_in_python
from jiema_app.commands.locales import catalogue_path, render, updated
from jiema_app.i18n import translation
from jiema_app.i18n.translation import is_translated, pseudo, t, tc, tn, words_locale
from jiema_app.processes.fingerprints import current_build
from jiema_app.settings import get_settings

TEXTS: Final = """
from jiema_app.i18n.translation import t, tc, tn
t(locale, "Hello, {name}", name=name)
tc(locale, "verb", "Order")
t(locale, "Order")
tn(locale, "{n} code for {country}", "{n} codes for {country}", n, country=country)
"""

SAID: Final = {
    "zh": {
        'msgid "Hello, {name}"\nmsgstr ""': "{name}\uff0c你好",
        'msgctxt "verb"\nmsgid "Order"\nmsgstr ""': "下单",
        '\n\n#: some.py\nmsgid "Order"\nmsgstr ""': "订单",
        'msgstr[0] ""': "{country} {n} 条",
    },
    "ar": {
        'msgid "Hello, {name}"\nmsgstr ""': "مرحبًا {name}",
        'msgctxt "verb"\nmsgid "Order"\nmsgstr ""': "اطلب",
        '\n\n#: some.py\nmsgid "Order"\nmsgstr ""': "طلب",
        'msgstr[0] ""': "صفر {country}",
        'msgstr[1] ""': "واحد {country}",
        'msgstr[2] ""': "اثنان {country}",
        'msgstr[3] ""': "{n} بضعة {country}",
        'msgstr[4] ""': "{n} كثير {country}",
        'msgstr[5] ""': "{n} غير {country}",
    },
}

Shelf = Callable[[str, str], None]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """Catalogues of our own: a function that writes the one of a language."""
    template = collect(uses_in_python(TEXTS, "some.py"))
    (tmp_path / "jiema.pot").write_text(render(template, None), encoding="utf-8")

    def write(locale: str, left_out: str = "") -> None:
        written = render(updated(locale, "", template), locale)
        for blank, words in SAID[locale].items():
            if left_out not in blank or not left_out:
                assert blank in written
                written = written.replace(blank, blank.removesuffix('""') + f'"{words}"')
        path = catalogue_path(locale, tmp_path)
        path.parent.mkdir(parents=True)
        path.write_text(written, encoding="utf-8")

    monkeypatch.setattr(translation, "CATALOGUES", tmp_path)
    monkeypatch.setattr(translation, "TEMPLATE", tmp_path / "jiema.pot")
    for known in (translation._words, translation._wanted):
        known.cache_clear()
    yield write
    for known in (translation._words, translation._wanted):
        known.cache_clear()


def without_isolates(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")


def test_texts_are_said_in_the_language_with_their_values(shelf: Shelf) -> None:
    shelf("zh", "")
    assert t("zh", "Hello, {name}", name="Ada") == "Ada\uff0c你好"
    assert t("zh", "Order") == "订单"
    assert tc("zh", "verb", "Order") == "下单"
    assert t("en", "Hello, {name}", name="Ada") == "Hello, Ada"
    assert tc("en", "verb", "Order") == "Order"


def test_values_do_not_turn_the_text_from_right_to_left(shelf: Shelf) -> None:
    shelf("ar", "")
    assert t("ar", "Hello, {name}", name="Ada") == "مرحبًا \u2068Ada\u2069"


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "صفر MY"),
        (1, "واحد MY"),
        (2, "اثنان MY"),
        (3, "3 بضعة MY"),
        (11, "11 كثير MY"),
        (100, "100 غير MY"),
        (1103, "1,103 بضعة MY"),
    ],
)
def test_arabic_has_six_forms(shelf: Shelf, n: int, said: str) -> None:
    shelf("ar", "")
    text = tn("ar", "{n} code for {country}", "{n} codes for {country}", n, country="MY")
    assert without_isolates(text) == said


@pytest.mark.parametrize("n", [0, 1, 2, 1000])
def test_chinese_has_one_form(shelf: Shelf, n: int) -> None:
    shelf("zh", "")
    text = tn("zh", "{n} code for {country}", "{n} codes for {country}", n, country="MY")
    assert text == f"MY {n:,} 条"


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 codes"), (1, "1 code"), (2, "2 codes"), (12345, "12,345 codes")]
)
def test_english_has_two_forms(n: int, said: str) -> None:
    assert tn("en", "{n} code", "{n} codes", n) == said


@pytest.mark.parametrize("left_out", ["Hello", "verb", "msgstr[5]"])
def test_an_unfinished_language_is_english_throughout(shelf: Shelf, left_out: str) -> None:
    shelf("ar", left_out)
    shelf("zh", "")
    assert words_locale("ar") == "en"
    assert not is_translated("ar")
    assert t("ar", "Order") == "Order"
    assert tn("ar", "{n} code", "{n} codes", 3) == "3 codes"
    assert words_locale("zh") == "zh"
    assert words_locale("ru") == "en"
    assert is_translated("en")


@pytest.mark.parametrize("values", [{}, {"names": "Ada"}, {"name": "Ada", "age": 36}])
def test_a_placeholder_without_value_or_a_value_without_placeholder_is_an_error(
    values: dict[str, object],
) -> None:
    with pytest.raises(ValueError, match="wants"):
        t("en", "Hello, {name}", **values)


def test_a_placeholder_reaches_no_attribute_and_a_value_is_not_read_again() -> None:
    assert t("en", "Hello, {name.__class__}") == "Hello, {name.__class__}"
    assert t("en", "Hello, {name}", name="{name}") == "Hello, {name}"


@pytest.fixture
def pseudo_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JIEMA_PSEUDO", "1")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_pseudo_words_stand_in_for_what_is_missing(shelf: Shelf, pseudo_words: None) -> None:
    shelf("ar", "Hello")
    assert t("ar", "Order") == "طلب"
    assert without_isolates(t("ar", "Hello, {name}", name="Ada")) == "[Hélló, Ada ~ ~]"
    codes = tn("ru", "{n} code for {country}", "{n} codes for {country}", 5, country="MY")
    assert codes.startswith("[5 çódés fór MY")
    assert words_locale("ar") == "ar"
    assert t("en", "Order") == "Order"


@pytest.mark.parametrize(("n", "said"), [(0, "0 new"), (1, "one new"), (11, "11 new")])
def test_a_text_that_no_catalogue_knows_yet_is_english(shelf: Shelf, n: int, said: str) -> None:
    shelf("ar", "")
    assert without_isolates(tn("ar", "one new", "{n} new", n)) == said


def test_pages_with_pseudo_words_are_a_build_of_their_own(
    pseudo_words: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_nonsense = current_build(("en",))
    monkeypatch.delenv("JIEMA_PSEUDO")
    get_settings.cache_clear()
    assert current_build(("en",)) != of_nonsense


def test_pseudo_words_are_longer_and_keep_their_placeholders() -> None:
    assert pseudo("Hello, {name}") == "[Hélló, {name} ~ ~]"
