"""Who is looking at the page, with their balance and what they have under way at the top of it."""

from dataclasses import replace
from typing import Final

import reflex as rx

from jiema_app.domain.errors import RateLimited
from jiema_app.domain.glances import Glance
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.units import UserId
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.formats import money
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.i18n.translation import tn
from jiema_app.site.states.live_pages import orders_topic
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.pushed import pushed
from jiema_app.site.states.thread import Ended, ThreadLine, chip_line, ended_lines, news, open_lines

MINI_APP: Final = "/tg"
"""Address of the Mini App; its views stand below it."""
LANG: Final = "lang"
"""The part of its address that says in which language it is."""


def is_mini_app(state: rx.State) -> bool:
    """Whether a tab is one of the Mini App, by its address."""
    path = str(state.rx_router_url.path)
    return path == MINI_APP or path.startswith(f"{MINI_APP}/")


async def visitor_of(state: rx.State) -> Visitor | None:
    """Whose page a state belongs to, by the cookie of its connection.

    Asked in every handler, never remembered: a session may end at any moment. The cookie
    is the one the connection was opened with, so signing in and out load a page anew.

    A tab of the Mini App has no cookie that counts, and no other page a bearer.
    """
    if is_mini_app(state):
        session: Session = await state.get_state(Session)
        return await session._identify_bearer()  # noqa: SLF001 - public ones are events
    # Not through `router`: it is put together of all that is known of the page, each time.
    token = page_services().read_session(state.rx_router_headers.cookie or "")
    return await page_services().sessions.identify(token) if token else None


async def refusal_to_read(state: rx.State) -> str:
    """Count that somebody had their page read anew; why not, when they did so too often.

    What we push is not counted. A stranger's page has nothing to be read.
    """
    visitor = await visitor_of(state)
    if visitor is not None:
        try:
            await page_services().admit_read(visitor.user_id)
        except RateLimited as error:
            return explain(error, locale_of(state))
    return ""


def locale_of(state: rx.State) -> str:
    """The language of the page a state belongs to, by its address."""
    if is_mini_app(state):
        named = str(state.rx_router_url.query_parameters.get(LANG, ""))
    else:
        named = str(state.rx_router_url.path).strip("/").partition("/")[0]
    return named if named in LOCALES else "en"


class Session(rx.State):
    """The visitor, as every page shows them."""

    is_known: bool = False
    """Whether the server has said who this is."""
    is_member: bool = False
    display_name: str = ""
    balance: str = ""
    thread: rx.Field[list[ThreadLine]] = rx.field(default_factory=list)
    """What is under way, and for a moment what has just ended."""
    thread_chip: rx.Field[ThreadLine] = rx.field(default_factory=ThreadLine)
    """The one of them that the header speaks of."""
    open_things: int = 0
    """How much is open and not put away, also what the list has no room for."""
    thread_more: str = ""
    """That there are more than the list has room for."""
    thread_news: str = ""
    """What a screen reader says of the last change."""
    _put_away: rx.Field[dict[str, int]] = rx.field(default_factory=dict)
    """Which of them this tab shall not show, and what they had told by then."""
    _unlisted: int = 0
    """How much more is open than the list has room for."""
    _bearer: str = ""
    """Of a tab of the Mini App, in this process's memory alone."""
    _bearer_from: str = ""
    """The connection over which it came: who names the tab over another one has none."""
    _belongs_to: str = ""
    _owner: str = ""
    _address: str = ""

    @rx.event
    async def load(self) -> None:
        """Say who is there. Runs when a page loads, and after each reconnection."""
        if not await refusal_to_read(self):
            await self.refresh()

    @pushed
    async def refresh(self) -> None:
        """Look again who is there: the session may have ended, or the balance moved."""
        visitor = await visitor_of(self)
        self.is_known = True
        self.is_member = visitor is not None
        if visitor is None:
            self._show_nobody()
            return
        topics = {f"user:{visitor.user_id}", orders_topic(visitor.user_id)}
        # First: what changes while it is read must be announced.
        page_services().live.watch(topics, self.rx_router_session.client_token, Session)
        glance = await page_services().glances.read(visitor.user_id)
        if glance is None:
            self._show_nobody()
            return
        self.display_name = glance.account.display_name
        self.balance = money(locale_of(self), glance.account.balance_micro)
        await self._show_thread(glance)

    @rx.event
    async def put_away(self, thing: str) -> None:
        """Show something no more in this tab, as long as nothing new is heard of it."""
        shown = next((line for line in self.thread if line.id == thing), None)
        if shown is not None and not shown.is_waiting:
            self._put_away[shown.id] = shown.told
            self._show_lines([replace(line) for line in self.thread if line.id != thing])

    async def _show_thread(self, glance: Glance) -> None:
        """Take what is under way, and look once more at what was until now."""
        locale, services = locale_of(self), page_services()
        catalog, now = services.catalog.current, services.clock.now()
        # Copies: what is read of a state is a proxy that watches it.
        before = {line.id: replace(line) for line in self.thread}
        lines = open_lines(glance, locale=locale, catalog=catalog, now=now)
        shown = {line.id for line in lines}
        lingering = [
            line
            for line in before.values()
            if line.gone_at > now.timestamp() and line.id not in shown
        ]
        # Whoever has more open than is shown may have only begun another one.
        is_all = glance.open_orders == len(glance.orders)
        gone = [
            line
            for line in before.values()
            if (is_all or not line.is_order) and not line.gone_at and line.id not in shown
        ]
        ended = await self._read_ended(glance.account.id, gone)
        lines += ended_lines(ended, locale=locale, catalog=catalog, now=now) + lingering
        lines = [line for line in lines if self._put_away.get(line.id) != line.told]
        here = str(self.rx_router_url.path)
        self.thread_news = news(before, lines, locale, here, self._put_away.keys())
        # What the list has no room for may come up again.
        self._put_away = {
            one: told for one, told in self._put_away.items() if one in shown or not is_all
        }
        more = self._unlisted = glance.open_orders - len(glance.orders)
        self.thread_more = tn(locale, "and {n} more", "and {n} more", more) if more > 0 else ""
        self._show_lines(lines)

    def _show_lines(self, lines: list[ThreadLine]) -> None:
        self.thread, self.thread_chip = lines, chip_line(lines)
        self.open_things = sum(not line.gone_at for line in lines) + self._unlisted

    async def _read_ended(self, user: UserId, lines: list[ThreadLine]) -> Ended:
        """What these lines have come to; nothing of what is there no more."""
        services, orders = page_services(), [line.id for line in lines if line.is_order]
        ended: Ended = await services.orders.find_own(user, orders) if orders else []
        recharges = [
            await services.recharges.get(user, line.id) for line in lines if not line.is_order
        ]
        return [*ended, *recharges]

    def _show_nobody(self) -> None:
        self.display_name = self.balance = self.thread_more = self.thread_news = ""
        self._put_away, self._unlisted = {}, 0
        self._show_lines([])

    def _refuse(self, words: str) -> None:
        """What is refused by place has nothing to show here."""

    @property
    def belongs_to(self) -> str:
        """The session that everything in this tab is of, or none; see ``privacy.py``."""
        return self._belongs_to

    @property
    def owner(self) -> str:
        """The user whose session that is, or none."""
        return self._owner

    def _belong_to(self, visitor: Visitor | None) -> None:
        """Empty all that this tab's pages keep: from now on it is another session's.

        Without the underscore any page could call it and say whose its tab is.
        """
        address, bearer, connection = self._address, self._bearer, self._bearer_from
        for page in self._get_root_state().substates.values():
            page.reset()
        self._address, self._bearer, self._bearer_from = address, bearer, connection
        self._belongs_to, self._owner = (
            (visitor.jti, visitor.user_id) if visitor is not None else ("", "")
        )

    async def _take_bearer(self, bearer: str) -> Visitor | None:
        """Have this tab be that of who carries a bearer; None, and nobody's, if it is not valid."""
        self._bearer, self._bearer_from = bearer, self.rx_router_session.session_id
        visitor = await self._identify_bearer()
        if visitor is None:
            self._put_bearer_away()
        if self._belongs_to != (visitor.jti if visitor else ""):
            self._belong_to(visitor)
        return visitor

    async def _identify_bearer(self) -> Visitor | None:
        if not self._bearer or self._bearer_from != self.rx_router_session.session_id:
            return None
        return await page_services().mini_app.identify(self._bearer)

    def _put_bearer_away(self) -> None:
        """Forget it: whoever connects brings theirs along."""
        self._bearer = self._bearer_from = ""

    def _arrive(self) -> None:
        """Empty what the page before has left, when the tab is at another address now.

        Else a list would stand under the words of another one until its own can be read.
        """
        before, self._address = self._address, str(self.router.url)
        if before in {"", self._address}:
            return
        for page in self._get_root_state().substates.values():
            if page is not self:
                page.reset()
                page_services().live.watch((), self.router.session.client_token, type(page))
