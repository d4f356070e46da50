"""Searching the list of services without scripts: ``?q=`` of its address."""

from typing import Final

from markupsafe import Markup

from jiema_app.domain.catalog.search import QUERY_MAX, find
from jiema_app.domain.catalog.search_entries import Entry, entries_of
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.cautions import find_caution
from jiema_app.i18n.translation import words_locale
from jiema_app.site.pages.rendering import render
from jiema_app.site.shop.cards import country_card, service_card

PLACE: Final = ("<!--found-->", "<!--/found-->")
"""What it takes the place of in browse.jinja: everything between them."""
SHOWN: Final = 24


def found_part(catalog: Catalog, locale: str, text: str) -> str:
    """What fits a text, as HTML for ``PLACE``."""
    words = words_locale(locale)
    hits = find(_searchable(catalog, words), text)[:SHOWN]
    cards = [_card(catalog, hit.kind, hit.key, locale) for hit in hits]
    return render("shop/browse/found.jinja", locale, typed=text[:QUERY_MAX], cards=cards)


def _card(catalog: Catalog, kind: str, key: str, locale: str) -> Markup:
    if kind == "country":
        return country_card(catalog.summarise_country(catalog.get_country(key)), locale)
    service = catalog.get_service(key)
    return service_card(catalog.summarise(service), find_caution(service, locale), locale)


_made: dict[str, tuple[Catalog, tuple[Entry, ...]]] = {}
"""The names of what is on sale, by language: folding them takes longer than the search."""


def _searchable(catalog: Catalog, words: str) -> tuple[Entry, ...]:
    made = _made.get(words)
    if made is not None and made[0] is catalog:
        return made[1]
    is_same = made is not None and catalog.sells_the_same_as(made[0])
    entries = made[1] if made is not None and is_same else entries_of(catalog, words)
    _made[words] = (catalog, entries)
    return entries
