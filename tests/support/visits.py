"""Pages without a browser: states as one would hold them, with a cookie and an address.

async with open_page_services_of(shop):
    browser = await sign_in(shop, ann)
    page = await browser.open(StatementState, "/en/account/statement")
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import reflex as rx

from api_routes.rate_limits import build_rate_limits
from jiema_app.bootstrap import build_geo_policy
from jiema_app.domain import ids
from jiema_app.domain.units import UserId
from jiema_app.serving.page_services_lifespan import page_services_of
from jiema_app.serving.session_cookie import session_cookie_of
from jiema_app.site.states.live_pages import LivePages, Watch
from jiema_app.site.states.page_services import close_page_services, open_page_services
from tests.support.shop import Shop

LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari"

State = TypeVar("State", bound=rx.State)


@dataclass
class Pages:
    """The open pages of a test, in the place of Reflex's connections."""

    open: dict[Watch, Any] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One thing at a time happens to a state: Reflex locks it."""

    async def is_connected(self, token: str) -> bool:
        return any(watch.token == token for watch in self.open)

    async def keep(self, watch: Watch) -> None:
        """Nothing is forgotten here."""

    async def refresh(self, watch: Watch) -> None:
        if watch in self.open:
            async with self.turn:
                await self.open[watch].refresh()


@dataclass
class Browser:
    """A browser, signed in or not."""

    pages: Pages
    cookie: str = ""

    async def open(self, state: type[State], address: str) -> State:
        """Open a page, as loading its document does."""
        page = self.hold(state, address)
        await self.load(page)
        return page

    async def load(self, page: Any) -> None:
        """Load the document of a page that is held."""
        async with self.pages.turn:
            await page.load()

    def hold(self, state: type[State], address: str) -> State:
        """The state of a page before anything was asked."""
        root = rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]
        token = ids.new_id()
        arrived = {
            "token": token,
            "headers": {"cookie": self.cookie, "origin": "http://testserver"},
            "asPath": address,
        }
        root.router_data = root._update_router_vars(arrived, {})
        page: State = root._get_state_from_cache(state)
        self.pages.open[Watch(token, state)] = page
        return page


@asynccontextmanager
async def open_page_services_of(shop: Shop) -> AsyncIterator[Pages]:
    """Lay out the services of a shop for the states of a test."""
    pages = Pages()
    limits, geo = build_rate_limits(shop.settings), build_geo_policy(shop.settings)
    open_page_services(page_services_of(shop.services, limits, LivePages(pages), geo))
    try:
        yield pages
    finally:
        close_page_services()


async def sign_in(shop: Shop, pages: Pages, user: UserId, user_agent: str = LAPTOP) -> Browser:
    """A browser in which a user is signed in."""
    async with shop.services.database.transaction() as connection:
        token = await shop.services.sessions.open(connection, user, user_agent)
    cookie = session_cookie_of(shop.settings.origin, shop.settings.session.days)
    return Browser(pages, f"{cookie.name}={token}")
