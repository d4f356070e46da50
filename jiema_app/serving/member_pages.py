"""The pages of somebody's own things, for a browser without scripts.

A browser with scripts draws them itself, so their HTML is the same for everybody and holds
nothing of anybody. One without is led to ``?plain`` (see ``page_server.py``), where what
its visitor owns is written into the page, and their balance into its header. That answer is
theirs alone: no store keeps it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl

from jiema_app.domain.errors import NotFound
from jiema_app.i18n.formats import money
from jiema_app.serving.page_server import PageServer
from jiema_app.serving.static_files import StaticFile
from jiema_app.site.live_registry import MEMBER_PARTS
from jiema_app.site.pages.member_parts import Asked
from jiema_app.site.states.page_services import page_services

PLAIN: Final = b"plain"
"""The query that asks for it."""

SAID_MAX: Final = 10
"""Parts of a query. No page of ours has as many."""


async def find_member_page(
    pages: PageServer, address: str, query: bytes, cookie_header: str
) -> StaticFile | None:
    """The page as its visitor sees it; None when this is another page, or a script draws it."""
    if PLAIN not in query.split(b"&"):
        return None
    found = pages.find_built(address)
    if found is None or found[0].page.path not in MEMBER_PARTS:
        return None
    built, part = found
    token = page_services().read_session(cookie_header)
    visitor = await page_services().sessions.identify(token) if token else None
    html, balance = "", None
    if visitor is not None:
        account = await page_services().identity.get_account(visitor.user_id)
        balance = money(built.locale, account.balance_micro)
        member_part = MEMBER_PARTS[built.page.path]
        try:
            html = await member_part.html_for(Asked(visitor, part, _said(query)), built.locale)
        except NotFound:
            html = member_part.missing_html(built.locale)
    return _private(await pages.complete_for_one(built, part, html, balance))


def _said(query: bytes) -> Mapping[str, str]:
    try:
        return dict(parse_qsl(query.decode("ascii"), max_num_fields=SAID_MAX))
    except ValueError:  # too many parts, or no address
        return {}


def _private(file: StaticFile) -> StaticFile:
    kept = tuple(pair for pair in file.headers if pair[0] != b"cache-control")
    return replace(file, headers=(*kept, (b"cache-control", b"private, no-store")))
