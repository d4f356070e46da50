"""Finding services and countries by what people type, in any of the shop's languages."""

import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from typing import Final, TypeVar

from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.units import CountryId, ServiceCode

Key = TypeVar("Key", bound=Hashable)

ANYWHERE_FROM: Final = 3
"""A shorter word of Latin letters must begin a word: "us" is not in "Russia"."""


def fold(text: str) -> str:
    """Text as it is compared: no case, no accents, Western digits, words apart by one space."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(map(_letter, unicodedata.normalize("NFKD", folded))).split())


def _letter(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.category(character).startswith("M"):
        return ""
    return character if character.isalnum() else " "


class CatalogSearch:
    """Looks words up in the current catalogue; its names are folded when they change."""

    def __init__(self, live: LiveCatalog) -> None:
        self._live = live
        self._catalog = live.current
        self._read()

    def find_services(self, word: str) -> list[ServiceCode]:
        """Services with a folded word in their name, slug, code or other names."""
        self._follow()
        return _having(word, self._services)

    def find_countries(self, word: str) -> list[CountryId]:
        """Countries with a folded word in their name in any language, slug or ISO code."""
        self._follow()
        return _having(word, self._countries)

    def _follow(self) -> None:
        known, catalog = self._catalog, self._live.current
        if catalog is known:
            return
        # Most snapshots bring new prices alone; folding all names anew takes a while (35 ms).
        if (catalog.services, catalog.countries) == (known.services, known.countries):
            self._catalog = catalog
        else:
            self._read()

    def _read(self) -> None:
        catalog = self._catalog = self._live.current
        self._services = {
            one.code: _folded((one.name, one.slug, one.code, *one.aliases))
            for one in catalog.services
        }
        self._countries = {
            one.id: _folded((one.slug, one.iso2, *one.names.values())) for one in catalog.countries
        }


def _folded(names: Iterable[str]) -> str:
    """One text of all names, with a space before each word."""
    return f" {' '.join(dict.fromkeys(map(fold, names)))}"


def _having(word: str, texts: Mapping[Key, str]) -> list[Key]:
    is_short = len(word) < ANYWHERE_FROM and word.isascii()
    sought = f" {word}" if is_short else word
    return [key for key, text in texts.items() if sought in text]
