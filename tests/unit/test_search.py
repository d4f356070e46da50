"""One list of queries holds the server's search and the browsers' to the same answers."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from jiema_app.domain.catalog.search import QUERY_MAX, Hit, distances, find
from jiema_app.domain.catalog.search_entries import Entry, entries_of
from jiema_app.domain.catalog.search_words import load_search_words
from jiema_app.domain.catalog.seed import load_countries, load_services
from jiema_app.domain.catalog.snapshot import Catalog, CountryView, ServiceView, build_catalog
from jiema_app.domain.units import CountryId, ServiceCode
from jiema_app.processes.paths import ROOT
from jiema_app.site.shop.search_index import search_index

LIST = Path(__file__).parents[1] / "data" / "search" / "queries.tsv"
BROWSERS = Path(__file__).parents[1] / "support" / "searching.mjs"
SHARE = 0.95

Query = tuple[str, str, str]


@cache
def catalog() -> Catalog:
    """All that is on sale, without prices."""
    return build_catalog(
        datetime.now(UTC),
        [
            ServiceView(
                ServiceCode(one.code),
                one.slug,
                one.name,
                one.category,
                one.popularity,
                one.aliases,
                one.compliance,
                one.reason,
            )
            for one in load_services()
            if one.is_on_sale
        ],
        [
            CountryView(
                CountryId(one.id),
                one.slug,
                one.iso2,
                one.flag,
                one.dial_code,
                one.popularity,
                one.names,
            )
            for one in load_countries()
            if one.is_on_sale
        ],
    )


@cache
def entries(locale: str) -> tuple[Entry, ...]:
    return entries_of(catalog(), locale)


def queries() -> list[Query]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [
        (language, typed, meant)
        for language, typed, meant in (line.split("\t") for line in lines if line[0] != "#")
    ]


@cache
def found_by_server() -> list[list[str]]:
    """What the server finds for each query, in its order."""
    return [
        [_named(hit) for hit in find(entries(language), typed)[:8]]
        for language, typed, _ in queries()
    ]


def _named(hit: Hit) -> str:
    return f"{hit.kind}:{hit.key}" + (f"?country={hit.country}" if hit.country else "")


def misses(found: list[list[str]]) -> dict[str, list[str]]:
    """Queries whose first hit is not what is meant, and what was found instead."""
    return {
        f"{language} {typed}": hits[:3]
        for (language, typed, meant), hits in zip(queries(), found, strict=True)
        if hits[:1] != [meant]
    }


def test_what_is_meant_comes_first() -> None:
    assert len(queries()) >= 200
    wrong = misses(found_by_server())
    assert len(wrong) <= (1 - SHARE) * len(queries()), wrong


def test_browsers_find_the_same_in_the_same_order() -> None:
    node = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
    languages = {language for language, _, _ in queries()}
    asked = {
        "indexes": {one: json.loads(search_index(catalog(), one)) for one in languages},
        "queries": [[language, typed] for language, typed, _ in queries()],
    }
    script = (ROOT / "assets" / "js" / "search.js").as_uri()
    answer = subprocess.run(
        [node, str(BROWSERS), script],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(answer.stdout)
    # Pages of some languages show English names: the same is searched, and a name is an alias.
    wrong = misses(found)
    assert len(wrong) <= (1 - SHARE) * len(queries()), wrong
    english = [
        place for place, (language, _, _) in enumerate(queries()) if language in {"en", "zh", "ar"}
    ]
    assert [found[place] for place in english] == [found_by_server()[place] for place in english]


@pytest.mark.parametrize("typed", ["", "   ", "+", "???", "\u0301", "/", "00"])
def test_signs_alone_mean_nothing(typed: str) -> None:
    assert find(entries("en"), typed) == []


def test_what_is_too_long_is_cut_off_before_it_is_read() -> None:
    typed = "telegram" + " " * QUERY_MAX + "x" * 1_000_000
    assert find(entries("en"), typed)[0].key == "telegram"


@pytest.mark.parametrize(
    ("typed", "name", "whole"),
    [
        ("goggle", "google", 1),
        ("telegarm", "telegram", 1),
        ("watsapp", "whatsapp", 1),
        ("line", "line", 0),
        ("abc", "xyz", 3),
    ],
)
def test_a_slip_is_one_letter_or_two_that_changed_places(typed: str, name: str, whole: int) -> None:
    assert distances(typed, name, 2)[0] == whole


def test_short_words_are_not_guessed_at() -> None:
    """Of three letters nearly every name is one slip away."""
    assert {hit.tier for hit in find(entries("en"), "xzq")} == set()


def test_every_further_name_belongs_to_something_of_the_catalogue() -> None:
    known = load_search_words()
    assert set(known.services) <= {one.slug for one in load_services()}
    isos = {one.iso2 for one in load_countries()}
    assert set(known.countries) <= isos
    assert set(known.iso3) == isos
