"""The page of several orders: their numbers, and the codes as they come."""

import reflex as rx

from jiema_app.domain.errors import NotFound
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.orders.service import OrderService
from jiema_app.domain.orders.several import SEVERAL_MAX
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.units import UserId
from jiema_app.i18n.translation import t
from jiema_app.site.account.shortages import shortage_text
from jiema_app.site.account.together.display import (
    TogetherRow,
    TogetherSums,
    together_row,
    together_sums,
)
from jiema_app.site.account.together_address import read_together
from jiema_app.site.states.owned_item import OwnedItem
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of


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


class TogetherPage(OwnedItem, rx.State):
    """What the page shows."""

    rows: rx.Field[list[TogetherRow]] = rx.field(default_factory=list)
    sums: TogetherSums = TogetherSums()
    shortage: str = ""
    """Why there are not as many as were asked for."""

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
        self.shortage = self._shortage(len(found))
        self._mark_shown(services.clock.now())
        self._announce(before)

    def _shortage(self, got: int) -> str:
        query = self.router.url.query_parameters
        wanted = whole_number(str(query.get("wanted", "")), at_most=SEVERAL_MAX)
        why = str(query.get("why", ""))
        # Whoever made the address up learns nothing from it: the words are ours.
        if not why or wanted is None or wanted <= got:
            return ""
        return shortage_text(locale_of(self), got, wanted, why)

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
