"""What the pages of one order and of one recharge have in common.

The thing is the one that the page's address names, and the visitor is whoever the cookie of
the connection belongs to. Neither is ever taken from what a browser sends with an event.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import reflex as rx

from jiema_app.domain.errors import DomainError, NotFound
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.units import UserId
from jiema_app.i18n.error_messages import explain
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.pushed import pushed
from jiema_app.site.states.visitor import Session, locale_of, refusal_to_read, visitor_of

Act = Callable[[UserId, str], Awaitable[Any]]


class OwnedItem(rx.State, mixin=True):
    """A page that shows one thing to its owner, and nothing to anybody else."""

    phase: str = "loading"
    """``loading``, ``guest``, ``missing`` (also when it is somebody else's) or ``shown``."""
    server_now: float = 0.0
    """Unix seconds when the thing was read: the visitor's clock may be wrong."""
    notice: str = ""
    """Why the last thing they asked for was refused."""
    good_news: str = ""
    """What came of it, where the thing itself does not say so."""
    announcement: str = ""
    """What a screen reader says at once: a change that came while the page was open."""
    _read_for: str = ""
    """Id of the thing that was read last: a tab outlives its pages, and may name another now."""

    @rx.event
    async def load(self) -> None:
        """Show the thing. Runs when the page loads, and after each reconnection."""
        self._say_nothing()
        await self._refresh_if_allowed()

    @rx.event
    async def look_again(self) -> None:
        """Read the thing anew: the browser was asleep, or without a network."""
        await self._refresh_if_allowed()

    @pushed
    async def refresh(self) -> None:
        """Show the thing as it is stored now, or nothing when the session has ended."""
        visitor = await visitor_of(self)
        if visitor is None:
            self._empty("guest")
            return
        # First: what changes while it is read must be announced.
        topics = {*self._topics(), f"user:{visitor.user_id}"}
        page_services().live.watch(topics, self.rx_router_session.client_token, type(self))
        self._read_for = self._thing_id()
        try:
            await self._read(visitor)
        except NotFound:
            self._empty("missing")

    def _forget_another(self) -> None:
        """Empty the page when it was filled for another thing than its address names now."""
        if self._read_for and self._read_for != self._thing_id():
            self._empty("loading")

    async def _refresh_if_allowed(self) -> bool:
        """Show the thing because somebody asked to see it; whether that was done."""
        refusal = await refusal_to_read(self)
        if refusal:
            self.notice = refusal
            return False
        await self.refresh()
        return True

    def _topics(self) -> set[str]:
        """Likewise, where a page shows several things."""
        return {self._topic()}

    def _topic(self) -> str:
        """What is announced when the thing changes. Each page has its own."""
        raise NotImplementedError  # abstract: a mixin of Reflex states, which it makes itself

    async def _read(self, visitor: Visitor) -> None:
        """Take what the page shows. Each page has its own.

        Raises:
            NotFound: There is no such thing of theirs.
        """
        raise NotImplementedError  # abstract, likewise

    def _mark_shown(self, now: datetime) -> None:
        """The page shows the thing as it was at this moment."""
        self.server_now = now.timestamp()
        self.phase = "shown"

    async def _show_balance(self) -> None:
        """Show what has come back to the balance, or left it."""
        session = await self.get_state(Session)
        await session.refresh()

    async def _attempt(self, act: Act) -> bool:
        """Do something to the thing for whoever asks; whether it was done."""
        self.notice = self.good_news = ""
        visitor = await visitor_of(self)
        if visitor is None:
            self._empty("guest")
            return False
        refusal = ""
        try:
            await page_services().admit_write(visitor.user_id)
            await act(visitor.user_id, self._thing_id())
        except DomainError as error:
            refusal = self._explain(error)
        await self.refresh()
        if self.phase != "shown":
            return False
        self.notice = refusal
        return not refusal

    def _refuse(self, words: str) -> None:
        """Say why nothing was done."""
        self._say_nothing()
        self.notice = words

    def _explain(self, error: DomainError) -> str:
        """Why something was refused."""
        return explain(error, locale_of(self))

    def _say_nothing(self) -> None:
        """Forget what was said of things that were asked for before."""
        self.notice = self.good_news = self.announcement = ""

    def _empty(self, phase: str) -> None:
        """Leave nothing of the thing behind, on the screen or here."""
        self.reset()
        self.phase = phase
        page_services().live.watch((), self.rx_router_session.client_token, type(self))

    def _thing_id(self) -> str:
        """What the page's address names: its last part."""
        return str(self.rx_router_url.path).strip("/").rpartition("/")[2]
