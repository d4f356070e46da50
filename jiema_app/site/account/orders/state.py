"""The list of a visitor's orders: by what became of them, and by typed words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import reflex as rx

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.ledger.statement import EVERYTHING
from jiema_app.domain.ledger.statement_filter import (
    KIND,
    NAMES,
    filter_parameters,
    parse_filter,
)
from jiema_app.domain.orders.history import COUNTED_MAX, TEXT_MAX, OrderGroup
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.formats import number
from jiema_app.i18n.translation import t, tc, tn
from jiema_app.site.account.filter_choices import Choices, choices
from jiema_app.site.account.orders.display import OrderRow, order_row
from jiema_app.site.states.live_pages import orders_topic
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.pushed import pushed
from jiema_app.site.states.visitor import locale_of, refusal_to_read, visitor_of

PAGE_SIZE: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTab:
    """A group of orders to look at, with its size."""

    label: str = ""
    count: str = ""
    href: str = ""
    is_current: bool = False


class OrdersPage(rx.State):
    """What the list shows. Group, words and place in the list stand in the address."""

    phase: str = "loading"
    """``loading``, ``guest``, ``none`` (never ordered), ``nothing`` (found) or ``shown``."""
    tabs: rx.Field[list[OrderTab]] = rx.field(default_factory=list)
    rows: rx.Field[list[OrderRow]] = rx.field(default_factory=list)
    text: str = ""
    """What was searched for."""
    group: str = OrderGroup.ALL
    newest_href: str = ""
    """The first part of the list; empty while it is shown."""
    older_href: str = ""
    """The next part of the list; empty when there is none."""
    filter: rx.Field[Choices] = rx.field(default_factory=Choices)
    is_filtered: bool = False
    statement_href: str = ""
    """The statement through the same filter: sums, and a file."""
    notice: str = ""
    found: str = ""
    """How many orders are on the page, for screen readers."""

    @rx.event
    async def load(self) -> None:
        """Show what the address asks for."""
        query = self.router.url.query_parameters
        self.text = str(query.get("q", ""))[:TEXT_MAX]
        wish = str(query.get("tab", ""))
        self.group = wish if wish in set(OrderGroup) else OrderGroup.ALL
        self._cursor = str(query.get("after", ""))
        self._query = {name: str(query.get(name, ""))[:TEXT_MAX] for name in NAMES if name != KIND}
        await self._refresh_if_allowed()

    @rx.event
    async def search(self, text: str) -> None:
        """Look for other words, from the newest order on."""
        self.text, self._cursor = text[:TEXT_MAX], ""
        await self._refresh_if_allowed()

    async def _refresh_if_allowed(self) -> None:
        """Read this part of the list because somebody asked for it."""
        refusal = await refusal_to_read(self)
        if refusal:
            self.rows, self.older_href = [], ""
            self.phase, self.notice = "nothing", refusal
        else:
            await self.refresh()

    @pushed
    async def refresh(self) -> None:
        """Read this part of the list anew, or empty it when the session has ended."""
        visitor = await visitor_of(self)
        if visitor is None:
            self.reset()
            self.phase = "guest"
            page_services().live.watch((), self.router.session.client_token, OrdersPage)
            return
        self.notice = ""
        try:
            await self._show(visitor)
        except BadRequest as error:
            self.rows, self.older_href = [], ""
            self.phase, self.notice = "nothing", explain(error, locale_of(self))

    async def _show(self, visitor: Visitor) -> None:
        """Raises BadRequest when the address or the words make no sense."""
        desk = page_services()
        wanted = parse_filter(self._query, desk.catalog.current)
        self._said = filter_parameters(wanted, desk.catalog.current)
        self.is_filtered = wanted != EVERYTHING
        self.statement_href = self._address("account/statement", self._said)
        self.filter = choices(
            locale_of(self),
            wanted,
            bought=await desk.order_history.list_bought(visitor.user_id),
            keys=await desk.api_keys.list_all(visitor.user_id),
            catalog=desk.catalog.current,
        )
        history, catalog, locale = (
            page_services().order_history,
            page_services().catalog.current,
            locale_of(self),
        )
        counts = await history.count_own(visitor.user_id)
        self.tabs = [
            OrderTab(
                label=label,
                # They count all orders: beside a filter they would promise what is not there.
                count="" if self.is_filtered else _count(locale, counts[group]),
                href=self._href(group=group),
                is_current=group == self.group,
            )
            for group, label in _labels(locale).items()
        ]
        found = await history.search_own(
            visitor.user_id,
            states=OrderGroup(self.group),
            text=self.text,
            limit=PAGE_SIZE,
            cursor=self._cursor or None,
            wanted=wanted,
        )
        self.rows = [order_row(order, locale=locale, catalog=catalog) for order in found.orders]
        self.found = tn(locale, "{n} order shown", "{n} orders shown", len(self.rows))
        self.older_href = self._href(after=found.next_cursor) if found.next_cursor else ""
        self.newest_href = self._href() if self._cursor else ""
        if found.orders:
            self.phase = "shown"
        else:
            self.phase = "nothing" if counts[OrderGroup.ALL] else "none"
            if self.older_href:
                self.notice = t(locale, "None of these orders fits. Look among older ones.")
        # Those that have ended too, until they are purged: then their numbers leave the page.
        topics = {f"order:{order.id}" for order in found.orders if order.purged_at is None}
        page_services().live.watch(
            # An order that was not there before belongs to the list as well.
            {*topics, f"user:{visitor.user_id}", orders_topic(visitor.user_id)},
            self.router.session.client_token,
            OrdersPage,
        )

    def _href(self, *, group: str | None = None, after: str = "") -> str:
        group = self.group if group is None else group
        wishes = {"tab": "" if group == OrderGroup.ALL else group, "q": self.text}
        return self._address("orders", wishes | self._said | {"after": after})

    def _address(self, path: str, wishes: dict[str, str]) -> str:
        query = urlencode({name: wish for name, wish in wishes.items() if wish})
        return f"/{locale_of(self)}/{path}{'?' if query else ''}{query}"

    _cursor: str = ""
    _query: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    """What the address says of the filter."""
    _said: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    """The filter as our addresses say it."""


def _count(locale: str, orders: int) -> str:
    return number(locale, orders) + ("+" if orders >= COUNTED_MAX else "")


def _labels(locale: str) -> Mapping[OrderGroup, str]:
    return {
        OrderGroup.ALL: tc(locale, "orders", "All"),
        OrderGroup.OPEN: tc(locale, "orders", "Waiting"),
        OrderGroup.RECEIVED: t(locale, "With a code"),
        OrderGroup.REFUNDED: tc(locale, "orders", "Refunded"),
    }
