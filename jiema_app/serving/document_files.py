"""What crawlers, feed readers and phones ask for: made when it is asked for, and kept for a while.

The list of pages of one language is three megabytes; only its smallest form is kept.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import structlog

from jiema_app.domain.catalog.changes import Changes
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.transaction import DATABASE_TROUBLES
from jiema_app.serving.one_at_a_time import OneAtATime
from jiema_app.serving.segments import Segment
from jiema_app.serving.static_files import StaticFile, document_file
from jiema_app.site.documents.feed import feed
from jiema_app.site.documents.llms import llms_full, llms_index
from jiema_app.site.documents.manifest import manifest
from jiema_app.site.documents.robots import WELCOME, robots_txt
from jiema_app.site.documents.security_txt import security_txt
from jiema_app.site.documents.sitemap import Entry, entries, sitemap, sitemap_index

log = structlog.get_logger()

KEPT_S: Final = 3600
"""What is listed changes seldom; the figures in it are at most an hour old."""
KEPT: Final = b"public, max-age=3600"
CHANGES_PATIENCE_S: Final = 5.0
"""Without an answer the list says of no service when it changed."""

UNANSWERED: Final[tuple[type[Exception], ...]] = (*DATABASE_TROUBLES, TimeoutError)

SITEMAP: Final = "/sitemap.xml"
SITEMAPS: Final = "/sitemaps/"


@dataclass(frozen=True, slots=True)
class _Document:
    """How a document is made, and whether it lists what was changed when."""

    make: Callable[[Catalog, list[Entry]], str]
    lists_pages: bool = False


class DocumentFiles:
    """Finds the document at an address."""

    def __init__(
        self,
        catalog: Callable[[], Catalog],
        changes: Callable[[], Awaitable[Changes]],
        origin: str,
        locales: tuple[str, ...],
        maker: OneAtATime,
    ) -> None:
        self._catalog = catalog
        self._changes = changes
        self._documents = _documents(origin, locales)
        self._maker = maker
        self._made: dict[str, tuple[float, StaticFile]] = {}
        self._entries: tuple[float, list[Entry]] | None = None
        self._listing = asyncio.Lock()

    def knows(self, address: str) -> bool:
        """Whether there is a document at an address."""
        return address in self._documents

    async def find(self, address: str) -> StaticFile | None:
        """The document; None when there is none at an address."""
        document = self._documents.get(address)
        if document is None:
            return None
        now = asyncio.get_running_loop().time()
        made = self._made.get(address)
        if made is not None and now - made[0] < KEPT_S:
            return made[1]
        catalog = self._catalog()
        listed = await self._list(catalog, now) if document.lists_pages else []
        file = await self._maker.do(partial(_file, document, catalog, listed, address))
        self._made[address] = (now, file)
        return file

    async def _list(self, catalog: Catalog, now: float) -> list[Entry]:
        """Every page. Index and languages are made of one list."""
        async with self._listing:
            if self._entries is None or now - self._entries[0] >= KEPT_S:
                found = await self._maker.do(
                    partial(entries, catalog, await self._changes_or_none())
                )
                self._entries = (now, found)
            return self._entries[1]

    async def _changes_or_none(self) -> Changes:
        try:
            async with asyncio.timeout(CHANGES_PATIENCE_S):
                return await self._changes()
        except UNANSWERED as error:
            log.warning("no changes for the list of pages", error=type(error).__name__)
            return Changes()


def _documents(origin: str, locales: tuple[str, ...]) -> Mapping[str, _Document]:
    def of_language(locale: str) -> dict[str, _Document]:
        return {
            f"{SITEMAPS}{locale}.xml": _Document(
                lambda _catalog, listed: sitemap(listed, origin, locale, locales), lists_pages=True
            ),
            f"/{locale}/blog/feed.xml": _Document(
                lambda catalog, _listed: feed(catalog, locale, origin)
            ),
            f"/{locale}/manifest.webmanifest": _Document(
                lambda _catalog, _listed: manifest(locale)
            ),
        }

    documents = {
        "/robots.txt": _Document(lambda _catalog, _listed: robots_txt(origin)),
        "/llms.txt": _Document(lambda catalog, _listed: llms_index(catalog)),
        "/llms-full.txt": _Document(lambda catalog, _listed: llms_full(catalog, WELCOME)),
        "/.well-known/security.txt": _Document(
            lambda catalog, _listed: security_txt(catalog.generated_at)
        ),
        SITEMAP: _Document(
            lambda _catalog, listed: sitemap_index(listed, origin, locales), lists_pages=True
        ),
    }
    for locale in locales:
        documents |= of_language(locale)
    return documents


def _file(document: _Document, catalog: Catalog, listed: list[Entry], address: str) -> StaticFile:
    file = document_file([Segment(document.make(catalog, listed).encode())], address)
    headers = tuple(
        (key, KEPT if key == b"cache-control" else value) for key, value in file.headers
    )
    return replace(file, headers=headers)
