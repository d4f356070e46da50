"""Texts find their way from the sources into the catalogues, and the catalogues are sound."""

from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog

from jiema_app.commands.locale_checks import standing_of
from jiema_app.commands.locale_sources import (
    UnusableText,
    collect,
    extract_template,
    uses_in_jinja,
    uses_in_python,
)
from jiema_app.commands.locales import (
    catalogue_path,
    list_standings,
    locales,
    render,
    stale_files,
    updated,
)
from jiema_app.i18n.locale_list import LOCALES, PLURAL_RULES
from jiema_app.i18n.translation import CATALOGUES

IMPORT: Final = "from jiema_app.i18n.translation import t, tc, tn\n"


def template_of(source: str) -> Catalog:
    return collect(uses_in_python(IMPORT + source, "pages/some.py"))


def problems_of(translation: str, english: str, locale: str = "zh") -> list[str]:
    """What is said about a translation of one text."""
    written = render(updated(locale, "", template_of(f"t(locale, {english!r}, **values)")), locale)
    translated = written.replace('msgstr ""\n', f'msgstr "{translation}"\n').replace(
        f'msgstr "{translation}"\n', 'msgstr ""\n', 1
    )
    catalogue = updated(locale, translated, template_of(f"t(locale, {english!r}, **values)"))
    return [problem.fault for problem in standing_of(locale, catalogue).problems]


# The catalogues of the product.


def test_template_and_catalogues_are_current() -> None:
    assert [str(path.relative_to(CATALOGUES)) for path in stale_files()] == [], "run: make locales"


@pytest.mark.parametrize("locale", LOCALES)
def test_what_must_be_complete_is_complete(locale: str) -> None:
    standing = next(each for each in list_standings() if each.locale == locale)
    assert standing.total > 40
    assert standing.missing == (), "translate these; to see them: make locales"
    assert standing.fuzzy == 0, "translations marked fuzzy; to see them: make locales"


def test_no_translation_breaks_the_product() -> None:
    grave = [
        f"{each.locale}: {problem.fault}: {problem.text}"
        for each in list_standings()
        for problem in each.problems
        if problem.is_grave
    ]
    assert grave == [], "to see them: make locales"


def test_the_table_has_every_language(capsys: pytest.CaptureFixture[str]) -> None:
    locales(check=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["locale", "translated", "fuzzy", "missing", "problems"]
    assert [line.split()[0] for line in lines[1 : len(LOCALES) + 1]] == list(LOCALES)
    assert lines[1].split()[1:] == ["100%", "0", "0", "0"]


def test_every_language_has_a_plural_rule() -> None:
    assert sorted(PLURAL_RULES) == sorted(LOCALES)


# Out of the sources.


def test_texts_are_found_in_python() -> None:
    template = template_of(
        'a = t(locale, "Hello, " "world")\n'
        "# Translators: a button\n"
        'b = tc(page.locale, "verb", "Order", price=price)\n'.replace('"Order"', '"Order {price}"')
        + 'c = tn(locale, "{n} code", "{n} codes", count)\n'
        'd = other(locale, "not this")\n'
    )
    found = [(message.id, message.context, message.auto_comments) for message in template]
    assert found[1:] == [
        ("Hello, world", None, []),
        ("Order {price}", "verb", ["a button"]),
        (("{n} code", "{n} codes"), None, []),
    ]


def test_a_function_that_is_merely_called_t_is_not_ours() -> None:
    assert list(uses_in_python('def t(a, b): ...\nt(locale, "no")', "some.py")) == []


def test_texts_are_found_in_templates() -> None:
    source = """
    {# Translators: above the table #}
    <h2>{{ _("Prices in {country}", country=name) }}</h2>
    {% for row in rows if row.stock %}
      <td title="{{ pgettext('column', 'Stock') }}">{{ ngettext("{n} number", "{n} numbers", row.stock) }}</td>
    {% endfor %}
    """
    template = collect(uses_in_jinja(source, "site/prices.html.jinja"))
    assert [(message.id, message.context) for message in template][1:] == [
        ("Prices in {country}", None),
        ("Stock", "column"),
        (("{n} number", "{n} numbers"), None),
    ]
    assert template["Prices in {country}"].auto_comments == ["above the table"]


@pytest.mark.parametrize(
    "source",
    [
        "t(locale, text)",
        't(locale, f"Hello {name}")',
        't(locale, "a" + b)',
        't(locale, "")',
        't(locale, "Hello {name}")',
        't(locale, "Hello", name=name)',
        't("Hello")',
        'tn(locale, "one", "{n} of {total}", n)',
        'tn(locale, "one", count)',
        'tn(locale, "{n} of {all}", "{n} of {total}", n, total=total)',
        't(locale, "code")\ntn(locale, "code", "codes", 2)',
    ],
)
def test_a_text_that_no_catalogue_can_hold_is_refused(source: str) -> None:
    with pytest.raises(UnusableText, match=r"pages/some\.py"):
        template_of(source)


def test_names_that_only_the_run_knows_are_left_to_the_run() -> None:
    assert len(template_of('t(locale, "Hello {name}", **values)')) == 1


def test_the_template_holds_no_dates_and_no_line_numbers() -> None:
    written = render(extract_template(), None)
    assert "-Date:" not in written
    assert "#: jiema_app/site/layouts/shop.py\n" in written


# Into the catalogues.


def test_a_stale_template_is_noticed_and_mended(tmp_path: Path) -> None:
    page = tmp_path / "jiema_app" / "page.py"
    page.parent.mkdir()
    page.write_text(f'{IMPORT}t(locale, "One")')
    path = catalogue_path("pl", tmp_path)
    path.parent.mkdir(parents=True)
    path.touch()
    for file, content in stale_files(tmp_path, tmp_path).items():
        file.write_text(content, encoding="utf-8")
    assert stale_files(tmp_path, tmp_path) == {}
    page.write_text(f'{IMPORT}t(locale, "Two")')
    assert set(stale_files(tmp_path, tmp_path)) == {tmp_path / "jiema.pot", path}


def test_an_update_keeps_translations_and_what_translators_wrote() -> None:
    before = render(updated("pl", "", template_of('t(locale, "One")\nt(locale, "Old")')), "pl")
    translated = before.replace('msgid "One"\nmsgstr ""', 'msgid "One"\nmsgstr "Jeden"').replace(
        'msgid "Old"\nmsgstr ""', 'msgid "Old"\nmsgstr "Stary"'
    )
    remarked = translated.replace("#: pages", "# masculine\n#: pages", 1)
    after = render(updated("pl", remarked, template_of('t(locale, "One")\nt(locale, "New")')), "pl")
    assert '# masculine\n#: pages/some.py\nmsgid "One"\nmsgstr "Jeden"\n' in after
    assert 'msgid "New"\nmsgstr ""\n' in after
    assert '#~ msgid "Old"\n#~ msgstr "Stary"\n' in after


def test_a_catalogue_without_its_header_loses_no_text() -> None:
    with pytest.raises(UnusableText, match="header"):
        updated("pl", 'msgid "One"\nmsgstr "Jeden"\n\n', template_of('t(locale, "One")'))


# What is wrong with a translation.


@pytest.mark.parametrize(
    ("translation", "english", "fault"),
    [
        ("价格 {prise}", "Price {price}", "placeholders ['prise'] instead of ['price']"),
        ("价格", "Price {price}", "placeholders [] instead of ['price']"),
        ("价格 ", "Price", "space at the beginning or end"),
        ("<b>价格</b>", "Price", "HTML"),
        ("价格。", "Price", "other punctuation at the end"),
        ("价格", "Price?", "other punctuation at the end"),
    ],
)
def test_a_faulty_translation_is_named(translation: str, english: str, fault: str) -> None:
    assert problems_of(translation, english) == [fault]


@pytest.mark.parametrize(
    ("translation", "english", "locale"),
    [
        ("价格 {price}\uff1f", "Price {price}?", "zh"),
        ("{b} {a}", "{a} {b}", "zh"),
        ("ราคา", "The price.", "th"),
        ("السعر؟", "Price?", "ar"),
    ],
)
def test_a_sound_translation_has_no_problem(translation: str, english: str, locale: str) -> None:
    assert problems_of(translation, english, locale) == []


@pytest.mark.parametrize(
    ("locale", "forms", "faults"),
    [
        ("ar", ["لا رموز", "رمز", "رمزان", "{n} رموز", "{n} رمزًا", "{n} رمز"], []),
        ("ar", ["لا رموز", "رمز", "رمزان"], ["3 of 6 plural forms"]),
        ("ru", ["код", "{n} кода", "{n} кодов"], ["placeholders [] instead of ['n']"]),
        ("zh", ["{n} 条"], []),
    ],
)
def test_plural_forms_are_counted_and_say_their_number(
    locale: str, forms: list[str], faults: list[str]
) -> None:
    template = template_of('tn(locale, "{n} code", "{n} codes", n)')
    written = render(updated(locale, "", template), locale)
    for number, form in enumerate(forms):
        written = written.replace(f'msgstr[{number}] ""', f'msgstr[{number}] "{form}"')
    standing = standing_of(locale, updated(locale, written, template))
    assert [problem.fault for problem in standing.problems] == faults


def test_a_guess_does_not_count_as_translated() -> None:
    template = template_of('t(locale, "One")\nt(locale, "Two")\nt(locale, "Three")')
    written = render(updated("pl", "", template), "pl").replace(
        'msgid "One"\nmsgstr ""', 'msgid "One"\nmsgstr "Jeden"'
    )
    guessed = written.replace('msgid "Two"\nmsgstr ""', '#, fuzzy\nmsgid "Two"\nmsgstr "Jeden?"')
    standing = standing_of("pl", updated("pl", guessed, template))
    assert (standing.translated_percent, standing.fuzzy, standing.missing) == (33, 1, ("Three",))
    assert not standing.is_complete
