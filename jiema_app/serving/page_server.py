"""Pages: built HTML, completed with what only the server knows, and kept in memory.

A page without a live part is completed once. One with a live part is completed when it is
first asked for after a change of the catalogue, off the event loop, and then served from
memory like the others. Nothing in a page belongs to one visitor, so all share it.

It is compressed once for each coding that somebody asks for, and not at all for somebody who has
it already. An address that somebody made up is told from a page by looking into the catalogue.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import Final
from urllib.parse import quote

from jiema_app.domain.catalog.changes import Changes
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import BadCountry, BadService
from jiema_app.serving.built_page import Built, built_page
from jiema_app.serving.document_files import DocumentFiles
from jiema_app.serving.language_files import LanguageFiles
from jiema_app.serving.one_at_a_time import OneAtATime
from jiema_app.serving.page_heads import Head
from jiema_app.serving.page_shelf import PageShelf
from jiema_app.serving.picture_files import PictureFiles
from jiema_app.serving.responses import is_known
from jiema_app.serving.search_files import SearchFiles
from jiema_app.serving.segments import Segment, joined
from jiema_app.serving.static_files import StaticFile, accepts, etag_of, page_file
from jiema_app.site.pages.live_parts import LiveMaker, LivePart, MovedTo, PartFinder
from jiema_app.site.pages.page import Page
from jiema_app.site.shop.browse.found import PLACE, found_part

TO_PLAIN: Final = '<noscript><meta http-equiv="refresh" content="0;url=?plain"></noscript>'
"""In the head of a page that a script would draw for its owner: a browser without one asks for
what the server can write of it. See ``member_pages.py``."""

OWN: Final = "own"
"""The slot of what is one visitor's own."""


BALANCE: Final = 'id="balance"'
"""In the tag that holds it in the header."""

TEXT_PAGES: Final = frozenset({"[text]", "blog/[article]", "blog/tag/[tag]"})
"""Templates whose addresses are files of ours."""

LANGUAGE_LINK: Final = re.compile(rb'(data-locale="[a-z]+" href="[^"?]+)"')

SEARCHED: Final = "browse"
"""The page that answers ``?q=`` to whoever runs no scripts."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The page stands at another address."""

    address: str


@dataclass(frozen=True, slots=True)
class Reader:
    """What whoever asks for a page can read, and has already."""

    accept_encoding: str = ""
    if_none_match: str = ""

    def needs(self, file: StaticFile) -> str:
        """The coding in which the page will be sent to them; ``identity`` if it will not be."""
        if is_known(file, self.if_none_match):
            return "identity"
        return file.coding_for(self.accept_encoding)

    @property
    def takes_gzip(self) -> bool:
        """Whether they can read what takes the least to make."""
        return accepts(self.accept_encoding, "gzip")


ANYBODY: Final = Reader()


class PageServer:
    """Finds the page at an address."""

    def __init__(
        self,
        pages: Iterable[Page],
        files: Mapping[str, StaticFile],
        live_parts: Mapping[str, LiveMaker],
        *,
        origin: str,
        locales: tuple[str, ...],
        catalog: Callable[[], Catalog],
        changes: Callable[[], Awaitable[Changes]],
        pictures: PictureFiles,
        own: Collection[str] = (),
        finders: Mapping[str, PartFinder] | None = None,
    ) -> None:
        self._origin = origin
        self._locales = locales
        self._catalog = catalog
        self._own = frozenset(own)
        self._finders = finders or {}
        sheets: dict[str, str] = {}
        self._built = {
            (locale, page.path): built_page(
                page, locale, locales, files, sheets, live_parts.get(page.path)
            )
            for page in pages
            for locale in page.locales_of(locales)
        }
        self._templates = {path.rpartition("/")[0]: path for _, path in self._built if "[" in path}
        self._completed: dict[tuple[str, str], StaticFile] = {}
        self._shelf = PageShelf()
        self._under_way: dict[Hashable, asyncio.Task[StaticFile]] = {}
        self._maker = OneAtATime("pages")
        self._search = SearchFiles(catalog, locales, self._maker)
        self._languages = LanguageFiles(locales, self._maker)
        self._pictures = pictures
        self._documents = DocumentFiles(catalog, changes, origin, locales, self._maker)

    def knows(self, address: str) -> bool:
        """Whether an address is one of a page, as far as its form and its texts tell."""
        resolved = self._resolve(address)
        if resolved is None:
            return False
        built, part = resolved
        # What is on sale changes; which texts there are does not.
        find = self._finders.get(built.page.path) if built.page.path in TEXT_PAGES else None
        return find is None or find(self._catalog(), part) == part

    async def find(self, address: str, reader: Reader = ANYBODY) -> StaticFile | Moved | None:
        """The page at an address, in the form that its reader takes; None when there is none."""
        resolved = None if self._documents.knows(address) else self._resolve(address)
        if resolved is None:
            return (
                await self._documents.find(address)
                or await self._search.find(address)
                or await self._languages.find(address)
                or await self._pictures.find(address)
            )
        built, part = resolved
        if built.make_live is None:
            return self._complete_once(built)
        catalog, find = self._catalog(), self._finders.get(built.page.path)
        try:
            if find is not None and (right := find(catalog, part)) != part:
                raise BadService(part) if right is None else MovedTo(right)
            return await self._complete_live(address, built, part, catalog, reader)
        except (BadService, BadCountry):
            return None
        except MovedTo as moved:
            folder = built.page.path.rpartition("/")[0]
            return Moved(f"/{built.locale}/{folder}/{moved.part}")

    async def find_searched(self, address: str, text: str, reader: Reader) -> StaticFile | None:
        """The page of all services with what fits a text; None at any other address.

        Args:
            address: Of a page.
            text: What is searched for, at most ``QUERY_MAX`` characters of it.
            reader: Who asks.
        """
        resolved = self._resolve(address)
        if resolved is None or resolved[0].page.path != SEARCHED:
            return None
        page = await self.find(address, Reader())
        if not isinstance(page, StaticFile):
            return None
        make = partial(_with_found, page, self._catalog(), resolved[0].locale, text, reader)
        return await self._maker.do(make)

    def _resolve(self, address: str) -> tuple[Built, str] | None:
        locale, slash, path = address.removeprefix("/").partition("/")
        if slash and not path:
            return None  # /en/ is another spelling of /en
        built = self._built.get((locale, path))
        if built is not None and not built.page.is_template:
            return built, ""
        folder, _, part = path.rpartition("/")
        template = self._templates.get(folder)
        if template is None or not part or (locale, template) not in self._built:
            return None
        return self._built[locale, template], part

    def _complete_once(self, built: Built) -> StaticFile:
        """A page without a live part; a template stays one, for its addresses are endless."""
        key = (built.locale, built.page.path)
        file = self._completed.get(key)
        if file is None:
            is_own = built.page.path in self._own
            slots = {OWN: ""} if is_own else {}
            head = TO_PLAIN if is_own else ""
            whole = built.completed(self._head(built, built.page.built_path), slots, head)
            file = page_file(whole, built.policy)
            self._completed[key] = file
        return file

    def find_built(self, address: str) -> tuple[Built, str] | None:
        """What serves an address, and the address's variable part if it has one."""
        return self._resolve(address)

    async def complete_for_one(
        self, built: Built, part: str, html: str, balance: str | None
    ) -> StaticFile:
        """A page with something that is one visitor's own. It is kept nowhere.

        Args:
            built: One of those whose slot ``own`` is theirs.
            part: The variable part of its address, if it has one.
            html: What is written into that slot.
            balance: What a member's header shows; None for a guest.
        """
        live = None
        if built.make_live is not None:
            live = await self._maker.do(
                partial(built.make_live, self._catalog(), built.locale, part)
            )
        head = self._head(built, built.page.path_with(part), live)
        slots = {**(live.slots if live else {}), OWN: html}
        segments = await asyncio.to_thread(_completed_for, built, head, slots, balance)
        # What is sent once is not worth the time that making it small takes.
        return page_file(segments, built.policy).as_it_is()

    async def _complete_live(
        self, address: str, built: Built, part: str, catalog: Catalog, reader: Reader
    ) -> StaticFile:
        state = catalog.generated_at
        file = self._shelf.take(address, state)
        if file is None:
            is_wanted = self._shelf.is_wanted(address)
            # Of pages that many ask for the smallest form is made at once.
            quick = built.is_of_many and reader.takes_gzip and not is_wanted
            last = self._shelf.last(address)
            make = partial(self._make, built, part, catalog, last, reader, is_quick=quick)
            file = await self._once((address, state), make, first=is_wanted)
            self._shelf.keep(address, state, file)
            if "gzip" in file.bodies and reader.takes_gzip:
                return file.as_it_is()
        coding = reader.needs(file)
        if coding != "identity" and file.is_packed(coding):
            file = await self._once((address, state, coding), partial(_with, file, coding))
            self._shelf.weigh(address)
        return file

    async def _once(
        self, key: Hashable, make: Callable[[], StaticFile], *, first: bool = False
    ) -> StaticFile:
        """What ``make`` makes. Everybody who asks for the same meanwhile waits for the same."""
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._maker.do(make, first=first))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key))
        return await asyncio.shield(task)

    def _make(
        self,
        built: Built,
        part: str,
        catalog: Catalog,
        last: StaticFile | None,
        reader: Reader,
        *,
        is_quick: bool,
    ) -> StaticFile:
        assert built.make_live is not None
        live = built.make_live(catalog, built.locale, part)
        # Of one that members have a part of, too: it is written for who asks for theirs.
        slots = {OWN: "", **live.slots}
        whole = built.completed(self._head(built, built.page.path_with(part), live), slots)
        file = page_file(whole, built.policy, is_quick=is_quick)
        if last is not None and last.etag == file.etag:
            return last  # the catalogue has changed elsewhere
        if not is_quick:
            file.make(reader.needs(file))
        return file

    def _head(self, built: Built, path: str, live: LivePart | None = None) -> Head:
        return Head(
            origin=self._origin,
            locale=built.locale,
            path=path,
            title=(live and live.title) or built.title,
            description=(live and live.description) or built.description,
            locales=built.page.locales_of(self._locales),
            json_ld=live.json_ld if live else (),
            feed=live.feed if live else None,
            is_article=bool(live and live.is_article),
            picture_alt=self._pictures.picture_at(built.locale, path).alt,
        )


def _completed_for(
    built: Built, head: Head, slots: Mapping[str, str], balance: str | None
) -> list[Segment]:
    """A page whose header needs no script to tell a member from a guest."""
    segments = built.completed(head, slots)
    if balance is None:
        return segments
    page = joined(segments).decode()
    page = page.replace("<html", '<html data-visitor="member"', 1)
    before, mark, after = page.partition(BALANCE)
    tag, _, rest = after.partition(">")
    if mark:
        # What stands there until a script knows it makes way.
        page = f"{before}{mark}{tag}>{escape(balance)}{rest[rest.find('<') :]}"
    return [Segment(page.encode())]


def _with_found(
    page: StaticFile, catalog: Catalog, locale: str, text: str, reader: Reader
) -> StaticFile:
    found = found_part(catalog, locale, text)
    begin, end = (mark.encode() for mark in PLACE)
    before, _, rest = page.content.partition(begin)
    # Another language is chosen for this very search, without scripts too.
    query = f'?q={quote(text)}"'.encode()
    before = LANGUAGE_LINK.sub(lambda link: link[1] + query, before)
    body = before + found.encode() + rest.partition(end)[2]
    file = replace(page, bodies={"identity": body}, length=len(body), etag=etag_of(body))
    if reader.takes_gzip:
        file.make("gzip")
    return file.as_it_is()


def _with(file: StaticFile, coding: str) -> StaticFile:
    file.make(coding)
    return file
