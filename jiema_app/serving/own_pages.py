"""The pages of somebody's own things, for a browser without scripts.

A browser with scripts draws them itself, so their HTML is the same for everybody and holds
nothing of anybody. One without is led to ``?plain`` (see ``page_server.py``), where what
its visitor owns is written into the page. That answer is theirs alone: no store keeps it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from jiema_app.domain.errors import NotFound
from jiema_app.domain.units import UserId
from jiema_app.i18n.translation import t
from jiema_app.serving.page_server import PageServer
from jiema_app.serving.static_files import StaticFile
from jiema_app.site.account.recharge.display import dust
from jiema_app.site.account.without_script import missing_html, order_html, recharge_html
from jiema_app.site.states.desk import desk

PLAIN: Final = b"plain"
"""The query that asks for it."""

Writer = Callable[[UserId, str, str], Awaitable[str]]
"""Writes a thing: for whom, its id, and the locale. Raises NotFound."""


async def find_own_page(
    pages: PageServer, address: str, query: bytes, cookie_header: str
) -> StaticFile | None:
    """The page as its visitor sees it; None when this is another page, or a script draws it."""
    if PLAIN not in query.split(b"&"):
        return None
    template = pages.find_template(address)
    if template is None or template[0].page.path not in WRITERS:
        return None
    built, part = template
    token = desk().cookie.read(cookie_header)
    visitor = await desk().sessions.identify(token) if token else None
    html = ""
    if visitor is not None:
        write, missing = WRITERS[built.page.path]
        try:
            html = await write(visitor.user_id, part, built.locale)
        except NotFound:
            html = missing_html(missing(built.locale), built.locale)
    return _private(await pages.complete_for_one(built, part, html))


def _private(file: StaticFile) -> StaticFile:
    kept = tuple(pair for pair in file.headers if pair[0] != b"cache-control")
    return replace(file, headers=(*kept, (b"cache-control", b"private, no-store")))


async def _order(user_id: UserId, order_id: str, locale: str) -> str:
    services = desk()
    return order_html(
        await services.orders.get(user_id, order_id, refresh=False),
        locale=locale,
        catalog=services.catalog.current,
        now=services.clock.now(),
        next_sms_max=services.orders.next_sms_max,
    )


async def _recharge(user_id: UserId, recharge_id: str, locale: str) -> str:
    services = desk()
    return recharge_html(
        await services.recharges.get(user_id, recharge_id),
        locale=locale,
        now=services.clock.now(),
        dust=dust(),
        final_after=services.recharges.final_after,
    )


WRITERS: Final[Mapping[str, tuple[Writer, Callable[[str], str]]]] = {
    "order/[order_id]": (_order, lambda locale: t(locale, "There is no such order")),
    "account/topup/[recharge_id]": (
        _recharge,
        lambda locale: t(locale, "There is no such top-up"),
    ),
}
"""By the page's path, as its ``Page`` has it: who writes the thing, and what to say without."""
