"""The search index of each language, made when it is first asked for, and kept in memory."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs

from jiema_app.domain.catalog.search import QUERY_MAX
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.serving.one_at_a_time import OneAtATime
from jiema_app.serving.static_files import StaticFile, static_file
from jiema_app.site.shop.search_index import search_index

FOLDER: Final = "/search/"
SUFFIX: Final = ".json"

KEPT: Final = b"public, max-age=600, stale-while-revalidate=86400"
"""What is on sale changes seldom, and whoever finds what is gone is told so by its page."""


QUERY_BYTES: Final = 2_000
"""Of an address's query that are looked at: twice what the longest text takes."""


def searched_text(query: bytes) -> str:
    """What the query of an address searches for; empty when it does not."""
    if not query or len(query) > QUERY_BYTES:
        return ""
    try:
        fields = parse_qs(query.decode("ascii"), max_num_fields=16)
    except ValueError:
        return ""
    return fields.get("q", [""])[0].strip()[:QUERY_MAX]


class SearchFiles:
    """Finds the index at an address, ``/search/<locale>.json``."""

    def __init__(
        self, catalog: Callable[[], Catalog], locales: tuple[str, ...], maker: OneAtATime
    ) -> None:
        self._catalog = catalog
        self._locales = {f"{FOLDER}{locale}{SUFFIX}": locale for locale in locales}
        self._maker = maker
        self._made: dict[str, tuple[Catalog, StaticFile]] = {}

    async def find(self, address: str) -> StaticFile | None:
        """The index; None when there is none at an address."""
        locale = self._locales.get(address)
        if locale is None:
            return None
        catalog = self._catalog()
        made = self._made.get(locale)
        if made is not None and made[0] is catalog:
            return made[1]
        # Most snapshots bring new prices alone, and names are compared faster than folded.
        if made is not None and catalog.sells_the_same_as(made[0]):
            file = made[1]
        else:
            file = await self._maker.do(lambda: _file(catalog, locale, address))
        self._made[locale] = (catalog, file)
        return file


def _file(catalog: Catalog, locale: str, address: str) -> StaticFile:
    file = static_file(search_index(catalog, locale), address)
    headers = tuple(
        (key, KEPT if key == b"cache-control" else value) for key, value in file.headers
    )
    return replace(file, headers=headers)
