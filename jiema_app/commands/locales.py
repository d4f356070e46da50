"""``locales``: bring template and catalogues up to date, and say how far they are."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Annotated, Final

import typer
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from jiema_app.commands.console import fail
from jiema_app.commands.locale_checks import Standing, standing_of
from jiema_app.commands.locale_sources import ROOT, UnusableText, extract_template
from jiema_app.commands.long_text_checks import LongTextStanding, long_text_standings
from jiema_app.i18n.locale_list import LOCALES, PLURAL_RULES, language_tag
from jiema_app.i18n.long_texts import UnusableLongText
from jiema_app.i18n.translation import CATALOGUES, TEMPLATE

SHOWN: Final = 8
"""Missing texts that are named, a language."""

HEADER: Final = """\
# The words of jiema{whose}. Texts and references are written by `make locales`.
msgid ""
msgstr ""
"Project-Id-Version: jiema\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"
"""


def locales(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when something is not current.")
    ] = False,
    start: Annotated[
        str | None, typer.Option(help="Also begin the catalogue of this language.")
    ] = None,
) -> None:
    """Extract texts, update the catalogues, and print how far each language is."""
    if start is not None:
        if start not in LOCALES:
            fail(f"{start} is not one of {', '.join(LOCALES)}")
        catalogue_path(start).parent.mkdir(parents=True, exist_ok=True)
        catalogue_path(start).touch()
    try:
        outdated = stale_files()
        if outdated and check:
            names = ", ".join(str(path.relative_to(CATALOGUES)) for path in outdated)
            fail(f"not current: {names}: run `make locales`")
        for path, content in outdated.items():
            path.write_text(content, encoding="utf-8")
            typer.echo(f"wrote {path.relative_to(CATALOGUES.parent)}")
        standings = list_standings()
        texts = long_text_standings()
    except (UnusableText, UnusableLongText, PoFileError) as error:
        fail(str(error))
    _print(standings)
    _print_texts(texts)
    if any(problem.is_grave for each in standings for problem in each.problems):
        raise typer.Exit(1)
    if any(each.faults for each in texts):
        raise typer.Exit(1)
    behind = {each.locale for each in standings if not each.is_complete}
    behind |= {each.locale for each in texts if not each.is_complete}
    if check and behind:
        raise typer.Exit(1)


def catalogue_path(locale: str, folder: Path = CATALOGUES) -> Path:
    """Where the catalogue of a language is kept."""
    return folder / locale / "LC_MESSAGES" / "jiema.po"


def stale_files(sources: Path = ROOT, folder: Path = CATALOGUES) -> dict[Path, str]:
    """Template and catalogues that do not fit the sources, each with what it should hold.

    Raises:
        UnusableText: Something is asked for that can't be translated.
        PoFileError: A catalogue can't be read.
    """
    template = extract_template(sources)
    wanted = {folder / TEMPLATE.name: render(template, None)}
    for locale in LOCALES:
        path = catalogue_path(locale, folder)
        if path.exists():
            wanted[path] = render(
                updated(locale, path.read_text(encoding="utf-8"), template), locale
            )
    return {path: content for path, content in wanted.items() if _content(path) != content}


def list_standings() -> list[Standing]:
    """How far each of the languages is, as its files are now."""
    template = _parse(TEMPLATE.read_text(encoding="utf-8"))
    total = sum(bool(message.id) for message in template)
    return [_standing(locale, total) for locale in LOCALES]


def updated(locale: str, text: str, template: Catalog) -> Catalog:
    """The catalogue with exactly the texts of the template, and the old translations.

    Translations of texts that are gone stay at its end, commented out.
    """
    head, _, entries = text.partition("\n\n")
    if text and 'msgid ""\nmsgstr ""' not in head:
        raise UnusableText(f"{locale}: the catalogue has no header")
    catalogue = _parse(f"{_header(locale)}\n{entries}")
    # Guesses from similar texts would have to be told from translations one by one.
    catalogue.update(template, no_fuzzy_matching=True)
    for message in catalogue:
        message.flags &= {"fuzzy"}
    return catalogue


def render(catalogue: Catalog, locale: str | None) -> str:
    """The file of a catalogue, or of the template: without dates and line numbers."""
    entries = BytesIO()
    write_po(entries, catalogue, width=0, omit_header=True, include_lineno=False)
    return f"{_header(locale)}\n{entries.getvalue().decode().rstrip()}\n"


def _header(locale: str | None) -> str:
    return HEADER.format(
        whose=f" in {locale}" if locale else "",
        language=language_tag(locale) if locale else "",
        plurals=PLURAL_RULES[locale or "en"],
    )


def _parse(text: str) -> Catalog:
    return read_po(BytesIO(text.encode()), abort_invalid=True)


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _standing(locale: str, total: int) -> Standing:
    path = catalogue_path(locale)
    if locale == "en":
        return Standing(locale, total, 0, (), ())
    if not path.exists():
        return Standing(locale, total, 0, ("everything",) * total, ())
    return standing_of(locale, _parse(path.read_text(encoding="utf-8")))


def _print(standings: list[Standing]) -> None:
    typer.echo(f"{'locale':<8}{'translated':>10}{'fuzzy':>8}{'missing':>9}{'problems':>10}")
    for each in standings:
        typer.echo(
            f"{each.locale:<8}{each.translated_percent:>9}%{each.fuzzy:>8}"
            f"{len(each.missing):>9}{len(each.problems):>10}"
        )
    for each in standings:
        for line in _remarks(each):
            typer.echo(f"{each.locale}: {line}")


def _print_texts(standings: list[LongTextStanding]) -> None:
    typer.echo("\nlong texts" + f"{'there':>8}{'behind':>8}{'faults':>8}")
    for each in standings:
        there = each.total - len(each.missing)
        typer.echo(f"{each.locale:<10}{there:>8}{len(each.stale):>8}{len(each.faults):>8}")
    for each in standings:
        for line in (
            *(f"BAD {fault}" for fault in each.faults),
            *(f"behind: {name}" for name in each.stale),
            *(f"missing: {name}" for name in each.missing[:SHOWN] if each.missing),
        ):
            typer.echo(f"{each.locale}: {line}")


def _remarks(standing: Standing) -> Iterator[str]:
    for problem in standing.problems:
        mark = "BAD " if problem.is_grave else "look"
        yield f"{mark} {problem.fault}: {problem.text!r}"
    if 0 < len(standing.missing) < standing.total:
        yield from (f"missing {text!r}" for text in standing.missing[:SHOWN])
        if len(standing.missing) > SHOWN:
            yield f"… and {len(standing.missing) - SHOWN} more missing"
