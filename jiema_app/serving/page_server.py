"""Pages: built HTML, completed with what only the server knows, and kept in memory.

A page without a live part is completed once. One with a live part is completed when it is
first asked for after a change of the catalogue, off the event loop, and then served from
memory like the others. Nothing in a page belongs to one visitor, so all share it.
"""

import asyncio
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import BadCountry, BadService
from jiema_app.i18n.tokens import in_language
from jiema_app.serving.page_boot import started_after_drawing
from jiema_app.serving.page_heads import Head, head_html
from jiema_app.serving.page_scripts import page_scripts
from jiema_app.serving.page_shelf import PageShelf
from jiema_app.serving.page_styles import STYLES_PLACE, with_place_for_styles
from jiema_app.serving.security_headers import content_security_policy
from jiema_app.serving.static_files import StaticFile, static_file
from jiema_app.site.pages.languages import with_language_links
from jiema_app.site.pages.live_parts import LiveMaker, LivePart, MovedTo
from jiema_app.site.pages.page import TEMPLATE_TITLE, Page

TO_PLAIN: Final = '<noscript><meta http-equiv="refresh" content="0;url=?plain"></noscript>'
"""In the head of a page that a script would draw for its owner: a browser without one asks for
what the server can write of it. See ``own_pages.py``."""

OWN: Final = "own"
"""The slot of what is one visitor's own."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The page stands at another address."""

    address: str


@dataclass(frozen=True, slots=True)
class Built:
    """A page as it was built, and how to complete it."""

    page: Page
    locale: str
    title: str
    description: str
    packed: bytes
    """Its HTML without its styles, compressed: most pages in most languages are seldom
    asked for."""
    styles: str
    """Its style sheet. All pages hold the same string."""
    policy: bytes
    """Its Content-Security-Policy. Live parts hold no scripts, so it is the same for all."""
    make_live: LiveMaker | None

    @property
    def html(self) -> str:
        """Its HTML."""
        return zlib.decompress(self.packed).decode().replace(STYLES_PLACE, self.styles, 1)


MAKERS_MAX: Final = 1
"""Pages with a live part that are completed at a time. Somebody who walks through the catalogue
has as many completed as they like: more would take all processors and all threads."""


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
        own: Collection[str] = (),
    ) -> None:
        self._origin = origin
        self._locales = locales
        self._catalog = catalog
        self._own = frozenset(own)
        sheets: dict[str, str] = {}
        self._built = {
            (locale, page.path): _built(page, locale, locales, files, sheets, live_parts)
            for page in pages
            for locale in page.locales_of(locales)
        }
        self._templates = {path.rpartition("/")[0]: path for _, path in self._built if "[" in path}
        self._completed: dict[tuple[str, str], StaticFile] = {}
        self._shelf = PageShelf()
        self._making: dict[tuple[str, object], asyncio.Task[StaticFile]] = {}
        self._turns = asyncio.Semaphore(MAKERS_MAX)

    def knows(self, address: str) -> bool:
        """Whether an address is one of a page, as far as its form tells."""
        return self._resolve(address) is not None

    async def find(self, address: str) -> StaticFile | Moved | None:
        """The page at an address; None when there is none."""
        resolved = self._resolve(address)
        if resolved is None:
            return None
        built, part = resolved
        try:
            if built.make_live is None:
                return self._complete_once(built)
            return await self._complete_live(address, built, part)
        except (BadService, BadCountry):
            return None
        except MovedTo as moved:
            folder = built.page.path.rpartition("/")[0]
            return Moved(f"/{built.locale}/{folder}/{moved.part}")

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
            live = LivePart(slots={OWN: ""} if is_own else {})
            head = TO_PLAIN if is_own else ""
            file = self._complete(built, built.page.built_path, live, head)
            self._completed[key] = file
        return file

    def find_template(self, address: str) -> tuple[Built, str] | None:
        """The template that serves an address, and the address's variable part."""
        resolved = self._resolve(address)
        return resolved if resolved is not None and resolved[1] else None

    async def complete_for_one(self, built: Built, part: str, html: str) -> StaticFile:
        """A page with something that is one visitor's own. It is kept nowhere.

        Args:
            built: A template.
            part: The variable part of its address.
            html: What is written into its slot ``own``.
        """
        path = built.page.path_with(part)
        return await asyncio.to_thread(
            self._complete, built, path, LivePart(slots={OWN: html}), is_for_one=True
        )

    async def _complete_live(self, address: str, built: Built, part: str) -> StaticFile:
        catalog = self._catalog()
        kept = self._shelf.take(address, catalog.generated_at)
        if kept is not None:
            return kept
        key = (address, catalog.generated_at)
        task = self._making.get(key)
        if task is None:
            # Everybody who asks meanwhile waits for the same task.
            task = asyncio.create_task(self._make_in_turn(built, part, catalog))
            self._making[key] = task
            task.add_done_callback(partial(self._made, key))
        return await asyncio.shield(task)

    def _made(self, key: tuple[str, object], task: asyncio.Task[StaticFile]) -> None:
        """Keep a page. Of an address that somebody made up there is none, and nothing is kept."""
        del self._making[key]
        if not task.cancelled() and task.exception() is None:
            self._shelf.keep(*key, task.result())

    async def _make_in_turn(self, built: Built, part: str, catalog: Catalog) -> StaticFile:
        async with self._turns:
            return await asyncio.to_thread(self._make, built, part, catalog)

    def _make(self, built: Built, part: str, catalog: Catalog) -> StaticFile:
        assert built.make_live is not None
        live = built.make_live(catalog, built.locale, part)
        return self._complete(built, built.page.path_with(part), live)

    def _complete(
        self,
        built: Built,
        path: str,
        live: LivePart,
        more_head: str = "",
        *,
        is_for_one: bool = False,
    ) -> StaticFile:
        title = live.title or built.title
        head = Head(
            origin=self._origin,
            locale=built.locale,
            path=path,
            title=title,
            description=live.description or built.description,
            locales=built.page.locales_of(self._locales),
            json_ld=live.json_ld,
        )
        html = built.html.replace(TEMPLATE_TITLE, escape(title), 1)
        if built.page.is_template:
            # Links to the same page in other languages, and to signing in and back.
            html = html.replace(f'/{built.page.built_path}"', f'/{escape(path)}"')
        html = html.replace("</head>", f"{head_html(head)}{more_head}</head>", 1)
        for name, fragment in live.slots.items():
            html = html.replace(f"<!--slot:{name}-->", fragment, 1)
        # What is sent once is not worth the time that making it small takes.
        return static_file(
            html.encode(), "/page.html", {} if is_for_one else None, policy=built.policy
        )


def _built(
    page: Page,
    locale: str,
    locales: tuple[str, ...],
    files: Mapping[str, StaticFile],
    sheets: dict[str, str],
    live_parts: Mapping[str, LiveMaker],
) -> Built:
    html = files[page.href_in(locale)].content.decode()
    html = with_language_links(html, page, locale, locales)
    modules = [f"/js/{name}.js" for name in ("shop", *page.scripts)]
    scripts = page_scripts(locale, *(f"{path}?v={files[path].version}" for path in modules))
    html, styles = with_place_for_styles(html, files)
    html = started_after_drawing(html)
    html = html.replace("</head>", scripts + "</head>", 1)
    policy = content_security_policy(html.encode())
    return Built(
        page=page,
        locale=locale,
        title=in_language(page.title, locale),
        description=in_language(page.description, locale),
        packed=zlib.compress(html.encode()),
        styles=sheets.setdefault(styles, styles),
        policy=policy,
        make_live=live_parts.get(page.path),
    )
