"""Long texts: what each language has, and what is noticed when it falls behind."""

from pathlib import Path

import pytest

from jiema_app.commands.long_text_checks import long_text_standings
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.i18n.long_texts import UnusableLongText, taken_apart, version_of

ENGLISH = """\
---
title: Rules
description: What holds here.
updated: 2026-01-01
---
## First

Within {window}, see [terms](/terms).

- one
- two
"""


def german(source: str, body: str = "") -> str:
    body = body or "## Erstens\n\nIn {window:dative}, siehe [AGB](/terms).\n\n- eins\n- zwei\n"
    return f"---\ntitle: Regeln\ndescription: Was hier gilt.\nsource: {source}\n---\n{body}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pages" / "rules").mkdir(parents=True)
    (tmp_path / "pages" / "rules" / "en.md").write_text(ENGLISH, encoding="utf-8")
    return tmp_path


def write(folder: Path, text: str) -> None:
    (folder / "pages" / "rules" / "de.md").write_text(text, encoding="utf-8")


def german_standing(folder: Path) -> tuple[list[str], list[str], list[str]]:
    (found,) = (each for each in long_text_standings(folder) if each.locale == "de")
    return found.missing, found.stale, found.faults


def version(folder: Path) -> str:
    text = (folder / "pages" / "rules" / "en.md").read_text(encoding="utf-8")
    return version_of(*taken_apart(text, "rules"))


def test_all_languages_have_all_texts_and_none_is_behind() -> None:
    standings = long_text_standings()
    assert [each.locale for each in standings] == list(LOCALES)
    for each in standings:
        assert (each.missing, each.stale, each.faults) == ([], [], []), each.locale


def test_a_translation_of_the_present_english_is_fine(folder: Path) -> None:
    write(folder, german(version(folder)))
    assert german_standing(folder) == ([], [], [])


def test_a_changed_word_of_the_english_leaves_translations_behind(folder: Path) -> None:
    write(folder, german(version(folder)))
    path = folder / "pages" / "rules" / "en.md"
    path.write_text(ENGLISH.replace("one", "just one"), encoding="utf-8")
    _, stale, faults = german_standing(folder)
    assert stale == [f"pages/rules (its English is {version(folder)} now)"]
    assert not faults


def test_its_date_is_not_what_it_says(folder: Path) -> None:
    write(folder, german(version(folder)))
    path = folder / "pages" / "rules" / "en.md"
    path.write_text(ENGLISH.replace("2026-01-01", "2026-02-02"), encoding="utf-8")
    assert german_standing(folder) == ([], [], [])


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("## E\n\nIn 15 Minuten, [AGB](/terms).\n\n- e\n- z\n", "placeholders: missing ['window']"),
        ("## E\n\nIn {window}, [AGB](/privacy).\n\n- e\n- z\n", "other links"),
        ("# E\n\nIn {window}, [AGB](/terms).\n\n- e\n- z\n", "other headings"),
        ("## E\n\nIn {window}, [AGB](/terms).\n\n- e\n", "other list items"),
        ("## E\n\nIn {window:locative}, [AGB](/terms).\n\n- e\n- z\n", "unknown to it: locative"),
    ],
)
def test_what_would_break_a_page_or_lead_elsewhere_is_a_fault(
    folder: Path, body: str, fault: str
) -> None:
    write(folder, german(version(folder), body))
    (found,) = german_standing(folder)[2]
    assert fault in found


def test_a_file_without_front_matter_is_refused() -> None:
    for text in ("# Nothing", "---\ntitle: x\n", "---\n- a list\n---\nbody", "---\n: : :\n---\nx"):
        with pytest.raises(UnusableLongText):
            taken_apart(text, "x")
