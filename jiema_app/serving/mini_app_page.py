"""The Mini App's document: one for each language, at an address that names none.

It stands in frames of Telegram's clients, loads Telegram's script, and starts ours once that has
read what it was opened with and it is out of the address.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import Final
from urllib.parse import parse_qs, urlsplit

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.tokens import in_language
from jiema_app.serving.one_at_a_time import OneAtATime
from jiema_app.serving.page_boot import started_after_drawing
from jiema_app.serving.page_scripts import page_scripts
from jiema_app.serving.page_styles import STYLES_PLACE, with_place_for_styles
from jiema_app.serving.security_headers import content_security_policy
from jiema_app.serving.static_files import StaticFile, static_file
from jiema_app.site.miniapp.live import mini_app_slots
from jiema_app.site.pages.page import TEMPLATE_TITLE, Page
from jiema_app.site.pages.shared_pictures import PICTURE_PLACE
from jiema_app.site.states.visitor import LANG, MINI_APP

ADDRESS: Final = re.compile(rf"{MINI_APP}(?:/[a-z]{{1,16}}(?:/[A-Za-z0-9._-]{{1,80}})?)?")
QUERY_MAX: Final = 2_000

TELEGRAM_FRAMES: Final = "https://web.telegram.org"
"""Both of Telegram's web clients; its other clients show a page in no frame."""

NOT_SENT: Final = frozenset({b"cross-origin-opener-policy"})
"""It would cut the page off from the window that Telegram opened it from."""
ROBOTS: Final = (b"x-robots-tag", b"noindex")

HTML: Final = "<html"
END_OF_HEAD: Final = "</head>"

LAUNCH: Final = """<script>(()=>{const root=document.documentElement;
for(const name of ["localStorage","sessionStorage"])try{window[name].length}catch{
const kept=new Map();root.dataset.storeless="";
Object.defineProperty(window,name,{value:{getItem:key=>kept.get(key)??null,
setItem:(key,value)=>{kept.set(key,String(value))},removeItem:key=>{kept.delete(key)},
clear:()=>kept.clear(),key:at=>[...kept.keys()][at]??null,get length(){return kept.size}}})}
window.launched=new Promise(done=>{let over=false;
const begin=()=>{if(over)return;over=true;
const url=new URL(location.href);url.hash="";
for(const name of [...url.searchParams.keys()])if(name.startsWith("tgWebApp"))url.searchParams.delete(name);
if(!url.searchParams.has("lang")){url.searchParams.set("lang",root.dataset.mini);root.dataset.guess=""}
history.replaceState(history.state,"",url);done()};
const script=document.createElement("script");script.src=%s;script.async=true;
script.onload=script.onerror=begin;document.head.append(script);setTimeout(begin,6000)})})()</script>"""
"""What a Mini App was opened with stands in the fragment of its address: it is taken out as soon as
Telegram's script has read it, or cannot be had.

Browsers that keep nothing for frames of other sites throw where storage is asked for, and Reflex
asks: there the page has a memory of its own, as long as it is open."""
WHEN_LAUNCHED: Final = "window.launched.then(start)"

VARY: Final = (b"vary", b"accept-encoding, accept-language, cookie")


@dataclass(frozen=True, slots=True)
class _Built:
    html: str
    policy: bytes


class MiniAppPage:
    """Finds the document in a language."""

    def __init__(
        self,
        pages: Collection[Page],
        files: Mapping[str, StaticFile],
        *,
        locales: tuple[str, ...],
        catalog: Callable[[], Catalog],
        script: str,
        frames: tuple[str, ...] = (),
    ) -> None:
        """Prepare it.

        Args:
            pages: All pages, among them the Mini App's; without it there is none.
            files: The build.
            locales: The languages that are served.
            catalog: What is on sale.
            script: Address of Telegram's script; a path is one of ours.
            frames: Origins, besides Telegram's, whose pages may show it in a frame.
        """
        page = next((each for each in pages if each.is_mini_app), None)
        self._catalog = catalog
        self._locales = locales
        self._made: dict[str, tuple[Catalog, StaticFile]] = {}
        self._maker = OneAtATime("mini-app")
        ancestors = " ".join(("'self'", TELEGRAM_FRAMES, *frames))
        self._built = (
            {}
            if page is None
            else {
                locale: _built(page, locale, files, script, ancestors)
                for locale in page.locales_of(locales)
            }
        )

    def knows(self, address: str) -> bool:
        """Whether it stands at an address."""
        return bool(self._built) and ADDRESS.fullmatch(address) is not None

    def named_locale(self, query: bytes) -> str | None:
        """The language that an address asks for, if it is one of ours."""
        if not query or len(query) > QUERY_MAX:
            return None
        try:
            named = parse_qs(query.decode("ascii"), max_num_fields=16).get(LANG, [""])[0]
        except ValueError:
            return None
        return named if named in self._built else None

    async def find(self, locale: str) -> StaticFile:
        """The document in a language."""
        catalog = self._catalog()
        made = self._made.get(locale)
        if made is not None and made[0] is catalog:
            return made[1]
        file = await self._maker.do(partial(_made, self._built[locale], catalog, locale))
        self._made[locale] = (catalog, file)
        return file


def _built(
    page: Page, locale: str, files: Mapping[str, StaticFile], script: str, ancestors: str
) -> _Built:
    html = files[page.href_in(locale)].content.decode()
    modules = [f"/js/{name}.js" for name in ("shop", *page.scripts)]
    scripts = page_scripts(
        locale, *(f"{path}?v={files[path].version}" for path in modules), is_page=False
    )
    html, styles = with_place_for_styles(html, files)
    html = started_after_drawing(html, WHEN_LAUNCHED)
    title = escape(in_language(page.title, locale))
    html = html.replace(TEMPLATE_TITLE, title).replace(PICTURE_PLACE, "")
    attributes = f'{HTML} data-mini="{locale}" data-visitor="member"'
    html = html.replace(HTML, attributes, 1)
    launch = LAUNCH % json.dumps(script).replace("</", "<\\/")
    # Behind what React looks for: it would take the first script for its own.
    html = html.replace(END_OF_HEAD, launch + scripts + END_OF_HEAD, 1)
    policy = content_security_policy(
        html.encode(), script_hosts=_host_of(script), ancestors=ancestors
    )
    return _Built(html.replace(STYLES_PLACE, styles, 1), policy)


def _host_of(script: str) -> str:
    parts = urlsplit(script)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _made(built: _Built, catalog: Catalog, locale: str) -> StaticFile:
    html = built.html
    for name, part in mini_app_slots(catalog, locale).items():
        html = html.replace(f"<!--slot:{name}-->", part)
    file = static_file(html.encode(), f"{MINI_APP}.html", policy=built.policy)
    kept = tuple(pair for pair in file.headers if pair[0] not in NOT_SENT | {b"vary"})
    return replace(file, headers=(*kept, VARY, ROBOTS))
