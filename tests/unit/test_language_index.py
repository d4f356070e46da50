"""A language is found by any of its names, as browsers search the index."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from jiema_app.i18n.locale_list import LOCALES, NATIVE_NAMES
from jiema_app.site.pages.language_index import TYPED, language_index

ROOT = Path(__file__).resolve().parents[2]


def find(locale: str, *queries: str) -> list[list[str]]:
    asked: dict[str, Any] = {
        "index": json.loads(language_index(locale, LOCALES)),
        "queries": queries,
    }
    node = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
    script = (ROOT / "assets" / "js" / "languages.js").as_uri()
    answer = subprocess.run(
        [node, str(ROOT / "tests" / "support" / "finding_languages.mjs"), script],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[str]] = json.loads(answer.stdout)
    return found


@pytest.mark.parametrize("locale", ["en", "ru", "fr", "ar"])
def test_german_is_found_by_its_names_in_any_language(locale: str) -> None:
    typed = ("german", "Deutsch", "немецкий", "allemand", "ALEMAN", "deut", "德语", "alemão")
    assert find(locale, *typed) == [["de"]] * len(typed)


def test_each_language_is_found_by_its_own_name_with_and_without_accents() -> None:
    found = find("en", *(NATIVE_NAMES[one] for one in LOCALES), "turkce", "espanol", "tieng viet")
    assert [one in hits for one, hits in zip((*LOCALES, "tr", "es", "vi"), found, strict=True)] == (
        [True] * (len(LOCALES) + 3)
    )


def test_names_of_the_page_s_language_come_before_those_of_others() -> None:
    # "in" begins English in Indonesian, and in English only one of ours.
    assert find("en", "in", "tagalog", "farsi", "mandarin") == [["id"], ["tl"], ["fa"], ["zh"]]


@pytest.mark.parametrize("locale", ["en", "de", "fa"])
def test_what_is_not_here_is_not_found(locale: str) -> None:
    typed = ("suomi", "svenska", "finnish", "norsk", "xyzzy", "", "  ", "???")
    assert find(locale, *typed) == [[]] * len(typed)


def test_the_word_for_language_finds_all() -> None:
    assert find("en", "language", "Languages", "lang", "la") == [list(LOCALES)] * 3 + [[]]


def test_the_index_says_how_many_there_are() -> None:
    index = json.loads(language_index("en", LOCALES))
    assert index["missing"] == f"“{TYPED}” isn't available yet. The site is in 21 languages."
    assert [row[0] for row in json.loads(language_index("de", ("en", "de")))["rows"]] == [
        "en",
        "de",
    ]
