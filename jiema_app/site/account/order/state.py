"""The page of one order: its number, its code as soon as it comes, what can still be done."""

from collections.abc import AsyncIterator

import reflex as rx

from jiema_app.domain.errors import BadRequest, DomainError
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import UserId
from jiema_app.i18n.translation import t
from jiema_app.site.account.old_order import old_order_news
from jiema_app.site.account.order.display import OrderCard, order_card
from jiema_app.site.states.goods import favourites_full
from jiema_app.site.states.owned_item import Act, OwnedItem
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.pushed import pushed
from jiema_app.site.states.visitor import Session, locale_of, visitor_of


class OrderPage(OwnedItem, rx.State):
    """What an order's page shows."""

    order: OrderCard = OrderCard()
    is_favourite: bool = False
    """Whether its owner has marked what was ordered."""

    @rx.event
    async def load(self) -> AsyncIterator[None]:
        """Show the order. Runs when the page loads, and after each reconnection."""
        self._say_nothing()
        if not await self._refresh_if_allowed():
            return
        if self.phase == "shown":
            await self._read_star()
        if self.phase != "shown" or not self.order.is_open:
            return
        self.good_news, self.notice = old_order_news(
            self.router.url.query_parameters, locale_of(self)
        )
        yield
        # What is stored was shown first. Now ask the supplier, in case no worker has just
        # done so; and see what changed between the first reading and the watching.
        visitor = await visitor_of(self)
        if visitor is not None:
            self._show(await page_services().orders.get(visitor.user_id, self._thing_id()))

    @pushed
    async def refresh(self) -> None:
        """Show the order as it is stored now, and what came back to the balance."""
        was_open = self.order.is_open
        await super().refresh()
        if was_open and self.order.is_refunded:
            await self._show_balance()

    @rx.event
    async def cancel(self) -> None:
        """Give the number back, for the whole price."""
        await self._do(page_services().orders.cancel)

    @rx.event
    async def ask_next(self) -> None:
        """Wait for a further code on the same number."""
        await self._do(page_services().orders.ask_next_sms)

    @rx.event
    async def finish(self) -> None:
        """End the order: no further code is needed."""
        await self._do(page_services().orders.finish)

    @rx.event
    async def star(self) -> None:
        """Mark what was ordered as a favourite, or unmark it."""

        async def mark(user: UserId, order_id: str) -> None:
            order = await page_services().orders.look_at(user, order_id)
            route = order.service_code, order.country_id
            await page_services().own_routes.mark(user, route, is_wanted=not self.is_favourite)

        await self._attempt(mark)
        await self._read_star()

    async def _read_star(self) -> None:
        """Only when the page is opened: nobody else changes it."""
        visitor = await visitor_of(self)
        if visitor is not None and self.phase == "shown":
            order = await page_services().orders.look_at(visitor.user_id, self._thing_id())
            route = order.service_code, order.country_id
            self.is_favourite = await page_services().own_routes.is_favourite(
                visitor.user_id, route
            )

    async def _do(self, act: Act) -> None:
        if await self._attempt(act) and self.order.status == "CANCELLED":
            session = await self.get_state(Session)
            self.good_news = t(
                locale_of(self), "Your balance is now {balance}.", balance=session.balance
            )

    def _explain(self, error: DomainError) -> str:
        if isinstance(error, BadRequest):
            return favourites_full(locale_of(self))
        return super()._explain(error)

    def _topic(self) -> str:
        return f"order:{self._thing_id()}"

    async def _read(self, visitor: Visitor) -> None:
        self._show(await page_services().orders.look_at(visitor.user_id, self._thing_id()))

    def _show(self, order: OrderView) -> None:
        services, locale = page_services(), locale_of(self)
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
        self._mark_shown(now)
        if order.purged_at is not None:
            self._say_nothing()  # The last thing said may have been the code.
        elif is_news:
            # Digit by digit, or it is read as a number of six figures.
            code = self.order.code if self.order.is_text else " ".join(self.order.code)
            self.announcement = t(locale, "Code received: {code}", code=code)
        elif was_shown and before != self.order.status:
            self.announcement = self.order.lead
