"""Names that people type and that no list of names has: see ``data/SOURCES.md``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class SearchWords:
    """What ``data/search_words.json`` says.

    Attributes:
        same: Letters that count as others.
        letters: Cyrillic letters, as Latin ones write their sound.
        iso3: ISO 3166-1 alpha-3 codes, by alpha-2 code.
        services: More names of services, by slug.
        countries: More names of countries, by ISO 3166-1 alpha-2 code.
    """

    same: Mapping[str, str]
    letters: Mapping[str, str]
    iso3: Mapping[str, str]
    services: Mapping[str, tuple[str, ...]]
    countries: Mapping[str, tuple[str, ...]]


@cache
def load_search_words() -> SearchWords:
    """The names that ship with the product."""
    resource = files("jiema_app.domain.catalog") / "data" / "search_words.json"
    data = json.loads(resource.read_text(encoding="utf-8"))
    return SearchWords(
        same=data["same"],
        letters=data["letters"],
        iso3=data["iso3"],
        services={slug: tuple(names) for slug, names in data["services"].items()},
        countries={iso2: tuple(names) for iso2, names in data["countries"].items()},
    )
