"""What can be searched for: services and countries, by all of their names."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from jiema_app.domain.catalog.folding import fold
from jiema_app.domain.catalog.search_words import load_search_words
from jiema_app.domain.catalog.snapshot import Catalog, CountryView, ServiceView

Kind = Literal["service", "country"]

COUNTRY_STEP: Final = 2
"""Of a service and a country that fit as well, the one nearer to the top of its list comes first,
and there are fewer countries."""

PARTED_BY: Final = "/"
"""Between the names of what has several: "Google / Gmail / YouTube"."""


@dataclass(frozen=True, slots=True)
class Form:
    """A name as it is compared.

    Attributes:
        compact: Folded, without spaces: "tik tok" is "tiktok".
        is_shown: Whether the page calls it so; an alias otherwise.
        letters: Which letters are in it, roughly: one bit for each of 32 groups.
    """

    compact: str
    is_shown: bool
    letters: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A service or a country with all of its names.

    Attributes:
        kind: Which of the two.
        key: Its slug.
        weight: Its place among others that fit as well, the lowest first.
        names: Folded names by which the page calls it.
        others: Folded names by which others do.
        text: All of them, with a space before each word.
        forms: What queries are compared with, the names first.
        words: Of several in one name, those that are long enough to be misspelled.
    """

    kind: Kind
    key: str
    weight: int
    names: tuple[str, ...]
    others: tuple[str, ...]
    text: str
    forms: tuple[Form, ...]
    words: tuple[Form, ...]


WORD_MIN: Final = 4


def service_entry(service: ServiceView, place: int) -> Entry:
    """A service, by its names in every language."""
    more = load_search_words().services.get(service.slug, ())
    names = (service.name, *map(str.strip, service.name.split(PARTED_BY)))
    return make_entry(
        "service", service.slug, place, names, (service.slug, *service.aliases, *more)
    )


def country_entry(country: CountryView, place: int, words: str) -> Entry:
    """A country, by its codes and its names in every language.

    Args:
        country: Which.
        place: In the order of popularity.
        words: The locale in which its name is shown.
    """
    known = load_search_words()
    others = (
        country.slug,
        country.iso2,
        known.iso3.get(country.iso2, ""),
        country.dial_code,
        *country.names.values(),
        *known.countries.get(country.iso2, ()),
    )
    return make_entry(
        "country", country.slug, place * COUNTRY_STEP, (country.names[words],), others
    )


def make_entry(
    kind: Kind, key: str, weight: int, names: Iterable[str], others: Iterable[str]
) -> Entry:
    """An entry out of names as they are written."""
    shown = tuple(filter(None, dict.fromkeys(map(fold, names))))
    rest = tuple(filter(None, (n for n in dict.fromkeys(map(fold, others)) if n not in shown)))
    return Entry(
        kind=kind,
        key=key,
        weight=weight,
        names=shown,
        others=rest,
        text="".join(f" {name}" for name in (*shown, *rest)),
        forms=(*(_form(name, is_shown=True) for name in shown), *map(_form, rest)),
        words=tuple(
            _form(word)
            for name in (*shown, *rest)
            if " " in name
            for word in name.split()
            if len(word) >= WORD_MIN
        ),
    )


def entries_of(catalog: Catalog, words: str) -> tuple[Entry, ...]:
    """All that is on sale, services first, the most popular of each first.

    Args:
        catalog: What is on sale.
        words: The locale in which countries are shown.
    """
    services = (service_entry(one, place) for place, one in enumerate(catalog.services))
    countries = (country_entry(one, place, words) for place, one in enumerate(catalog.countries))
    return (*services, *countries)


def letters_of(compact: str) -> int:
    """Which letters are in a text: one bit for each of 32 groups."""
    bits = 0
    for character in compact:
        bits |= 1 << (ord(character) & 31)
    return bits


def _form(name: str, *, is_shown: bool = False) -> Form:
    compact = name.replace(" ", "")
    return Form(compact, is_shown, letters_of(compact))
