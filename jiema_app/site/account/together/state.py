"""The page of several orders: their numbers, and the codes as they come."""

from collections.abc import Sequence

import reflex as rx

from jiema_app.domain.catalog.routes import find_route
from jiema_app.domain.errors import AlreadyChanged, CodeReceived, DomainError, NotFound, NotOpen
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.orders.service import OrderService
from jiema_app.domain.orders.several import SEVERAL_MAX
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.units import UserId
from jiema_app.i18n.translation import t
from jiema_app.site.account.old_order import old_order_news
from jiema_app.site.account.shortages import is_for_money, shortage_text
from jiema_app.site.account.together.display import (
    TogetherRow,
    TogetherSums,
    can_cancel,
    together_row,
    together_sums,
)
from jiema_app.site.account.together_address import read_together
from jiema_app.site.account.topup_address import topup_page
from jiema_app.site.states.owned_item import OwnedItem
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import Session, locale_of


async def orders_of(service: OrderService, user: UserId, part: str) -> list[OrderView]:
    """The visitor's own among the orders that an address names, in its order.

    Raises:
        NotFound: There is none.
    """
    named = read_together(part)
    found: dict[str, OrderView] = {}
    if named:
        found = {order.id: order for order in await service.find_own(user, named)}
    if not found:
        raise NotFound("Order not found.")
    return [found[one] for one in dict.fromkeys(named) if one in found]


async def cancel_waiting_of(user: UserId, part: str) -> None:
    """Cancel those of a visitor's orders that wait for their first code, one after the other.

    Raises:
        DomainError: Why one was not cancelled. Those that could be are.
    """
    services = page_services()
    waiting = list(filter(can_cancel, await orders_of(services.orders, user, part)))
    kept: DomainError | None = None
    for position, order in enumerate(waiting):
        if position:  # the first is counted by whoever asks
            await services.admit_write(user)
        try:
            await services.orders.cancel(user, order.id)
        except (CodeReceived, NotOpen, AlreadyChanged) as error:
            # Its code came, or it ended: the others are nonetheless to be given back.
            kept = error
    if kept is not None:
        raise kept


def topup_for(order: OrderView, locale: str) -> str:
    """Where to top up for more of the same; empty when it is no longer sold."""
    route = find_route(page_services().catalog.current, order.service_code, order.country_id)
    return "" if route is None else topup_page(locale, route)


class TogetherPage(OwnedItem, rx.State):
    """What the page shows."""

    rows: rx.Field[list[TogetherRow]] = rx.field(default_factory=list)
    sums: TogetherSums = TogetherSums()
    shortage: str = ""
    """Why there are not as many as were asked for."""
    topup_href: str = ""
    """Where to top up for the rest; empty when money is not what was missing."""

    @rx.event
    async def load(self) -> None:
        """Show the orders, and what has become of the one that they replace."""
        self._say_nothing()
        if await self._refresh_if_allowed() and self.sums.cancel:
            self.good_news, self.notice = old_order_news(
                self.router.url.query_parameters, locale_of(self)
            )

    @rx.event
    async def cancel_waiting(self) -> None:
        """Give back every number that still waits, each for its whole price."""
        is_done = await self._attempt(cancel_waiting_of)
        if self.phase != "shown":
            return
        await self._show_balance()
        if is_done:
            session = await self.get_state(Session)
            self.good_news = t(
                locale_of(self), "Your balance is now {balance}.", balance=session.balance
            )

    def _topics(self) -> set[str]:
        return {f"order:{order}" for order in read_together(self._thing_id())}

    async def _read(self, visitor: Visitor) -> None:
        services, locale = page_services(), locale_of(self)
        found = await orders_of(services.orders, visitor.user_id, self._thing_id())
        before = {row.id: row for row in self.rows}
        self.rows = [
            together_row(order, locale=locale, catalog=services.catalog.current) for order in found
        ]
        self.sums = together_sums(found, locale)
        self._show_shortage(found)
        self._mark_shown(services.clock.now())
        self._announce(before)

    def _show_shortage(self, found: Sequence[OrderView]) -> None:
        query, got, locale = self.router.url.query_parameters, len(found), locale_of(self)
        wanted = whole_number(str(query.get("wanted", "")), at_most=SEVERAL_MAX)
        why = str(query.get("why", ""))
        # Whoever made the address up learns nothing from it: the words are ours.
        is_short = bool(why) and wanted is not None and wanted > got
        self.shortage = shortage_text(locale, got, wanted or 0, why) if is_short else ""
        self.topup_href = topup_for(found[0], locale) if is_short and is_for_money(why) else ""

    def _announce(self, before: dict[str, TogetherRow]) -> None:
        """Say what came while the page was open."""
        now = {row.id: row for row in self.rows if row.id in before}
        fresh = [row.code for row in now.values() if row.code and row.code != before[row.id].code]
        if fresh:
            # Digit by digit, or they are read as numbers of six figures.
            codes = ", ".join(" ".join(code) for code in fresh)
            self.announcement = t(locale_of(self), "Code received: {code}", code=codes)
        elif any(before[row.id].code and not row.code for row in now.values()):
            self.announcement = ""  # what was said last may have been what is deleted now
