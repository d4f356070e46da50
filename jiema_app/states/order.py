"""The page of one order: its number, its code as soon as it comes, what can still be done.

The order is the one that the page's address names, and the visitor is whoever the cookie
of the connection belongs to. Neither is ever taken from what a browser sends with an event.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

import reflex as rx

from jiema_app.domain.errors import DomainError, NotFound
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import UserId
from jiema_app.messages import explain
from jiema_app.states.desk import desk
from jiema_app.states.order_display import OrderCard, order_card
from jiema_app.states.session import Session, locale_of, visitor_of
from jiema_app.translation import t

Act = Callable[[UserId, str], Awaitable[OrderView]]


class OrderPage(rx.State):
    """What an order's page shows."""

    phase: str = "loading"
    """``loading``, ``guest``, ``missing`` (also when it is somebody else's) or ``shown``."""
    order: OrderCard = OrderCard()
    server_now: float = 0.0
    """Unix seconds when ``order`` was read: the visitor's clock may be wrong."""
    notice: str = ""
    """Why the last thing they asked for was refused."""
    good_news: str = ""
    """What came of it, where the order itself does not say so."""
    announcement: str = ""
    """What a screen reader says at once: a code that came while the page was open, or what
    has become of the order meanwhile."""

    @rx.event
    async def load(self) -> AsyncIterator[None]:
        """Show the order. Runs when the page loads, and after each reconnection."""
        self.notice = self.good_news = self.announcement = ""
        await self.refresh()
        if self.phase != "shown" or not self.order.is_open:
            return
        yield
        # What is stored was shown first. Now ask the supplier, in case no worker has just
        # done so; and see what changed between the first reading and the watching.
        visitor = await visitor_of(self)
        if visitor is not None:
            self._show(await desk().orders.get(visitor.user_id, self._order_id()))

    @rx.event
    async def look_again(self) -> None:
        """Read the order anew: the browser was asleep, or without a network."""
        await self.refresh()

    async def refresh(self) -> None:
        """Show the order as it is stored now, or nothing when the session has ended."""
        visitor = await visitor_of(self)
        if visitor is None:
            self._empty("guest")
            return
        try:
            order = await desk().orders.get(visitor.user_id, self._order_id(), refresh=False)
        except NotFound:
            self._empty("missing")
            return
        was_open = self.order.is_open
        self._show(order)
        self._watch(visitor)
        if was_open and order.is_refunded:
            await self._show_balance()

    @rx.event
    async def cancel(self) -> None:
        """Give the number back, for the whole price."""
        await self._act(desk().orders.cancel)

    @rx.event
    async def ask_next(self) -> None:
        """Wait for a further code on the same number."""
        await self._act(desk().orders.ask_next_sms)

    @rx.event
    async def finish(self) -> None:
        """End the order: no further code is needed."""
        await self._act(desk().orders.finish)

    async def _act(self, act: Act) -> None:
        self.notice = self.good_news = ""
        visitor = await visitor_of(self)
        if visitor is None:
            self._empty("guest")
            return
        refusal = None
        try:
            await desk().admit_write(visitor.user_id)
            await act(visitor.user_id, self._order_id())
        except DomainError as error:
            refusal = error
        await self.refresh()
        if self.phase != "shown":
            return
        if refusal is not None:
            self.notice = explain(refusal, locale_of(self))
        elif self.order.status == "CANCELLED":
            session = await self.get_state(Session)
            self.good_news = t(
                locale_of(self), "Your balance is {balance} now.", balance=session.balance
            )

    def _show(self, order: OrderView) -> None:
        services, locale = desk(), locale_of(self)
        now = services.clock.now()
        was_shown, before = self.phase == "shown", self.order.status
        is_news = was_shown and order.sms_count > self.order.sms_count
        self.order = order_card(
            order,
            locale=locale,
            catalog=services.catalog.current,
            now=now,
            next_sms_max=services.orders.next_sms_max,
        )
        self.server_now = now.timestamp()
        self.phase = "shown"
        if is_news:
            # Digit by digit, or it is read as a number of six figures.
            code = self.order.code if self.order.is_text else " ".join(self.order.code)
            self.announcement = t(locale, "Code received: {code}", code=code)
        elif was_shown and before != self.order.status:
            self.announcement = self.order.lead

    def _empty(self, phase: str) -> None:
        """Leave nothing of an order behind, on the screen or here."""
        self.reset()
        self.phase = phase
        desk().live.watch((), self.router.session.client_token, OrderPage)

    def _watch(self, visitor: Visitor) -> None:
        topics = {f"order:{self.order.id}", f"user:{visitor.user_id}"}
        desk().live.watch(topics, self.router.session.client_token, OrderPage)

    async def _show_balance(self) -> None:
        session = await self.get_state(Session)
        await session.refresh()

    def _order_id(self) -> str:
        """The order that the page's address names."""
        parts = str(self.router.url.path).strip("/").split("/")
        return parts[2] if len(parts) == 3 and parts[1] == "order" else ""  # noqa: PLR2004
