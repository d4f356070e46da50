"""A few built pages, as small as they can be, and the server that completes them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import reflex as rx

from jiema_app.domain.catalog.changes import Changes
from jiema_app.domain.catalog.snapshot import Catalog, build_catalog
from jiema_app.domain.clock import SystemClock
from jiema_app.domain.identity.sessions import Sessions
from jiema_app.serving.account_language import AccountLanguage
from jiema_app.serving.mini_app_page import MiniAppPage
from jiema_app.serving.page_server import PageServer
from jiema_app.serving.picture_files import PictureFiles
from jiema_app.serving.renewal import Renewal
from jiema_app.serving.session_cookie import session_cookie_of
from jiema_app.serving.static_files import StaticFile, static_file
from jiema_app.site.live_registry import MEMBER_PARTS
from jiema_app.site.pages.live_parts import LiveMaker
from jiema_app.site.pages.page import TEMPLATE_TITLE, Page
from jiema_app.site.pages.shared_pictures import PICTURE_PLACE

LOCALES = ("en", "de")

NO_FOLDER = Path("/nowhere")
"""Where nothing can be kept."""


def no_renewal() -> Renewal:
    """Renews nothing: for visitors who are not signed in."""

    def none() -> Sessions:
        raise AssertionError("nobody is signed in")

    return Renewal(session_cookie_of("https://shop.example"), SystemClock(), none)


def no_account() -> AccountLanguage:
    """Knows nobody's language: for visitors who are not signed in."""

    def none() -> Sessions:
        raise AssertionError("nobody is signed in")

    return AccountLanguage(session_cookie_of("https://shop.example"), none)


def no_mini_app() -> MiniAppPage:
    """The document of a shop without a bot: there is none."""
    empty = build_catalog(SystemClock().now())
    return MiniAppPage([], {}, locales=LOCALES, catalog=lambda: empty, script="/js/telegram.js")


def _page(path: str, text: str, locales: tuple[str, ...] | None) -> Page:
    return Page(
        path=path, title=f"Title of {text}", description="", body=rx.fragment, locales=locales
    )


def _html(page: Page, text: str) -> bytes:
    title = TEMPLATE_TITLE if page.is_template else page.title
    return (
        f'<html><head><title>{title}</title><meta content="{PICTURE_PLACE}" property="og:image"/>'
        '<link rel="modulepreload" href="/assets/app.js"/></head>'
        "<body><script>reflex()</script>"
        f'<a href="{page.href_in("de")}">de</a>{text}'
        '<script type="module" async="">import "/assets/app.js";</script></body></html>'
    ).encode()


async def _no_changes() -> Changes:
    return Changes()


def page_server(
    texts: Mapping[str, str],
    live_parts: Mapping[str, LiveMaker] | None = None,
    catalog: Callable[[], Catalog] | None = None,
    *,
    files: Mapping[str, StaticFile] | None = None,
    change: Callable[[Page, bytes], bytes] = lambda _page, html: html,
    locales: Mapping[str, tuple[str, ...]] | None = None,
    pictures_dir: Path = NO_FOLDER,
) -> PageServer:
    """Pages by path, each with a text as its body, in two languages or those that are named."""
    pages = [_page(path, text, (locales or {}).get(path)) for path, text in texts.items()]
    built = {"/js/shop.js": static_file(b"shop()", "/js/shop.js"), **(files or {})}
    for page in pages:
        html = change(page, _html(page, texts[page.path]))
        for locale in page.locales_of(LOCALES):
            built[page.href_in(locale)] = static_file(html, "/p.html")
    empty = build_catalog(SystemClock().now())
    catalog = catalog or (lambda: empty)
    return PageServer(
        pages,
        built,
        live_parts or {},
        origin="https://shop.example",
        locales=LOCALES,
        catalog=catalog,
        changes=_no_changes,
        pictures=PictureFiles(catalog, LOCALES, built, pictures_dir),
        own=MEMBER_PARTS,
    )
