"""What browsers search by themselves: all that is on sale, by all of its names, in one language.

It is fetched when somebody is about to search; ``assets/js/search-index.js`` reads it. There is no
price in it, so it stays the same until what is on sale changes.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from jiema_app.domain.catalog.search_entries import Entry, entries_of
from jiema_app.domain.catalog.search_words import load_search_words
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.translation import words_locale
from jiema_app.site.design.artwork import flag_path, hue, letters, service_icon_path
from jiema_app.site.shop.categories import category_names

BETWEEN: Final = "|"
"""Between names: no folded name holds it."""


def search_index(catalog: Catalog, locale: str) -> bytes:
    """The index as JSON.

    Each row: whether it is a country; its slug; its name; what is said beside it; its picture, or
    hue and letters of its tile; its folded names; its other folded names.
    """
    words = words_locale(locale)
    known = load_search_words()
    categories = category_names(words)
    return json.dumps(
        {
            "same": known.same,
            "letters": known.letters,
            "rows": [
                _row(catalog, entry, words, categories) for entry in entries_of(catalog, words)
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def _row(catalog: Catalog, entry: Entry, words: str, categories: Mapping[str, str]) -> list[Any]:
    names = [BETWEEN.join(entry.names), BETWEEN.join(entry.others)]
    if entry.kind == "country":
        country = catalog.get_country(entry.key)
        shown = [country.names[words], country.dial_code, flag_path(country.iso2)]
        return [1, entry.key, *shown, *names]
    service = catalog.get_service(entry.key)
    picture = service_icon_path(service.slug) or f"{hue(service.name)} {letters(service.name)}"
    category = categories.get(service.category, "")
    return [0, entry.key, service.name, category, picture, *names]
