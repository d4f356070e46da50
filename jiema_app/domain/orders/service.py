"""Renting a number, as its buyer sees it."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import asyncpg

from jiema_app.domain import ids
from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.catalog.snapshot import CountryView, Quote, ServiceView
from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import (
    AlreadyChanged,
    BadCountry,
    BadRequest,
    BadService,
    CodeReceived,
    Forbidden,
    IdempotencyConflict,
    InsufficientBalance,
    NotFound,
    NotOpen,
    RateLimited,
    UpstreamError,
)
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.orders import queries
from jiema_app.domain.orders.looking import LookedAt
from jiema_app.domain.orders.operators import OperatorBook
from jiema_app.domain.orders.purchase import Purchasing, Reservation
from jiema_app.domain.orders.requests import Buyer, OrderRequest, Placed, affordable
from jiema_app.domain.orders.settlement import Settlement
from jiema_app.domain.orders.standing import StandingLimits
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.supplier import ActivationGone, PurchaseRefused, SupplierError
from jiema_app.domain.orders.sync import OrderRefresh
from jiema_app.domain.orders.views import OrderPage, OrderView, order_view
from jiema_app.domain.orders.waiting import OrderWatch
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import OrderId, UserId, micro

IDEMPOTENCY_KEY_MAX: Final = 255
IDS_MAX: Final = 50
"""Orders that are read by their ids at once; more than anybody may have open."""

TWIN_PATIENCE_S: Final = 20.0
"""How long a repeated request waits for the first one's outcome."""

TWIN_PAUSE_S: Final = 0.1
REREAD_S: Final = 10.0
"""A long wait reads again this often, should a notification have been missed."""


@dataclass(frozen=True, slots=True)
class OrderService:
    """Everything a buyer may do with orders. Ownership is checked here, on every call."""

    database: Database
    clock: Clock
    catalog: LiveCatalog
    settlement: Settlement
    purchasing: Purchasing
    refresher: OrderRefresh
    watch: OrderWatch
    standing: StandingLimits
    operators: OperatorBook
    next_sms_max: int
    looked_at: LookedAt

    async def place(self, buyer: Buyer, order_request: OrderRequest) -> Placed:
        """Hold the price, rent a number, and start waiting for a code.

        The supplier is called between two short statements, never inside a transaction, so
        a slow one pins neither a connection nor a lock.

        Raises:
            BadService, BadCountry: Nothing was held.
            NoNumbers: None in stock (at the ceiling, if one was set); nothing stays held.
            InsufficientBalance: Nothing was held.
            RateLimited: Too many open orders or cancels; nothing was held.
            Forbidden: The buyer is banned; nothing was held.
            IdempotencyConflict: The key belongs to another order_request, or its order is still
                being placed; nothing was held for this one.
            UpstreamError: The supplier failed. The price is back, or, when the outcome is
                unknown, held until reconciliation settles it.
        """
        # First of all: what was bought once is the answer, though it is no longer sold.
        if order_request.idempotency_key is not None:
            replay = await self.find_replay(buyer, order_request)
            if replay is not None:
                return replay
        catalog = self.catalog.current
        service = catalog.get_service(order_request.service)
        country = catalog.get_country(order_request.country)
        quotes = affordable(catalog.list_quotes(service.code, country.id), order_request)
        if order_request.operator is not None:
            # Another supplier's operators have other names.
            del quotes[1:]
            await self.operators.ensure(quotes[0].supplier, country.id, order_request.operator)
        order = OrderId(ids.new_id())
        if not await self._reserve(order, buyer, order_request, service, country, quotes[0]):
            assert order_request.idempotency_key is not None
            replay = await self.find_replay(buyer, order_request)
            if replay is None:
                raise IdempotencyConflict("The first request with this key just failed. Try again.")
            return replay
        reservation = Reservation(
            order, buyer.user_id, service.code, country.id, order_request.operator
        )
        return Placed(await self.purchasing.buy(reservation, quotes))

    async def get(self, user: UserId, order: str, *, refresh: bool = True) -> OrderView:
        """One of the user's orders, asking the supplier first when nobody did just now.

        Raises:
            NotFound: There is none with this id, or it is somebody else's.
        """
        view = await self._get_own(user, order)
        if refresh and await self.refresher.refresh(view):
            view = await self._get_own(user, order)
        return view

    async def look_at(self, user: UserId, order: str) -> OrderView:
        """One as it is stored, read with what others look at just now; raises as ``get`` does."""
        if not ids.is_id(order) or (view := await self.looked_at.read((user, order))) is None:
            raise NotFound("Order not found.")
        return view

    async def wait(
        self, user: UserId, order: str, *, seconds: float, known_version: int | None = None
    ) -> OrderView:
        """One of the user's orders, as soon as there is news or the time is over.

        News is a version other than ``known_version``; without one, any status but WAITING.

        Raises:
            NotFound: There is none with this id, or it is somebody else's.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        was_woken = False
        with self.watch.watching(OrderId(order)) as changed:
            while True:
                changed.clear()
                # Whoever woke us has just stored the news: no need to ask the supplier.
                view = await self.get(user, order, refresh=not was_woken)
                left = deadline - loop.time()
                is_news = (
                    view.status is not OrderStatus.WAITING
                    if known_version is None
                    else view.version != known_version
                )
                if is_news or left <= 0:
                    return view
                try:
                    await asyncio.wait_for(changed.wait(), min(left, REREAD_S))
                except TimeoutError:
                    was_woken = False
                else:
                    was_woken = True

    async def list_own(
        self, user: UserId, *, status: OrderStatus | None, limit: int, cursor: str | None
    ) -> OrderPage:
        """The user's orders, newest first.

        Args:
            user: Whose.
            status: Only these.
            limit: At most this many.
            cursor: ``next_cursor`` of the page before.
        """
        async with self.database.connection() as connection:
            is_received = False  # whether a code came is not asked
            if status is None:
                rows = await connection.fetch(queries.LIST_OWN, user, cursor, limit + 1)
            else:
                rows = await connection.fetch(
                    queries.LIST_OWN_BY_STATUS, user, cursor, limit + 1, [status], is_received
                )
        orders = [order_view(row) for row in rows[:limit]]
        return OrderPage(orders, orders[-1].id if len(rows) > limit else None)

    async def find_own(self, user: UserId, orders: Collection[str]) -> list[OrderView]:
        """Those of the named orders that are the user's, newest first.

        What is somebody else's is missing as what does not exist is.

        Raises:
            BadRequest: None is named, or too many, or a name is none of an order.
        """
        if not 0 < len(orders) <= IDS_MAX or not all(map(ids.is_id, orders)):
            raise BadRequest(f"ids: must be up to {IDS_MAX} order IDs, separated by commas.")
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.FIND_OWN, user, list(orders))
        return [order_view(row) for row in rows]

    async def cancel(self, user: UserId, order: str) -> OrderView:
        """Give a number back before a code came, for a full refund at once.

        The supplier's own minimum wait is served by a queued call.

        Raises:
            NotFound: There is none with this id, or it is somebody else's.
            CodeReceived: A code has arrived; nothing changed.
            NotOpen: It has ended already; nothing changed.
            AlreadyChanged: It changed at the same moment.
        """
        view = await self._get_own(user, order)
        if view.sms_count:
            raise CodeReceived
        if not view.is_open:
            raise NotOpen(f"This order has the status {view.status}, so it can't be cancelled.")
        ended = await self.settlement.refund(
            view.id, OrderStatus.CANCELLED, EndReason.USER, allowed=[OrderStatus.WAITING]
        )
        if ended is None:
            raise AlreadyChanged
        return ended

    async def finish(self, user: UserId, order: str) -> OrderView:
        """End an order whose buyer needs no further code, before its window is over.

        The supplier is told by a queued call. A code that arrives at this moment is still
        recorded.

        Raises:
            NotFound: There is none with this id, or it is somebody else's.
            NotOpen: No code has arrived yet, or it has ended already; nothing changed.
            AlreadyChanged: It ended at the same moment.
        """
        view = await self._get_own(user, order)
        if not view.is_open:
            raise NotOpen(f"This order has already ended with the status {view.status}.")
        if not view.sms_count:
            raise NotOpen(
                "No code has arrived yet, so this order can be cancelled but not finished."
            )
        ended = await self.settlement.complete(view.id, EndReason.USER)
        if ended is None:
            raise AlreadyChanged
        return ended

    async def ask_next_sms(self, user: UserId, order: str) -> OrderView:
        """Keep the number waiting for a further code, free of charge within the window.

        Raises:
            NotFound: There is none with this id, or it is somebody else's.
            NotOpen: It is not RECEIVED, its window is over, the limit is reached, what it is for
                is no longer sold, or this number takes no further code; nothing changed.
            AlreadyChanged: It changed at the same moment, perhaps by a further code.
            UpstreamError: The supplier did not answer; nothing changed.
        """
        view = await self._get_own(user, order)
        if view.status is not OrderStatus.RECEIVED:
            raise NotOpen(
                f"This order has the status {view.status}. You can ask for another code only after "
                "one has arrived."
            )
        if view.expires_at is None or view.expires_at <= self.clock.now():
            raise NotOpen("This order's time is up.")
        catalog = self.catalog.current
        if (
            catalog.find_service(view.service_code) is None
            or catalog.find_country(view.country_id) is None
        ):
            raise NotOpen("This service or country is no longer available.")
        if view.next_sms_count >= self.next_sms_max:
            raise NotOpen(f"You can ask for at most {self.next_sms_max} more codes per number.")
        assert view.activation_id is not None
        supplier = self.purchasing.suppliers.get(view.supplier)
        if supplier is None:
            raise UpstreamError
        try:
            await supplier.request_next_sms(view.activation_id)
        except (ActivationGone, PurchaseRefused) as error:
            raise NotOpen("This number can't receive any more codes.") from error
        except SupplierError as error:
            raise UpstreamError(
                "The number provider isn't responding. Nothing has changed. Try again."
            ) from error
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.ASK_NEXT, view.id, user, view.version)
        if row is None:
            raise AlreadyChanged
        return order_view(row)

    async def _get_own(self, user: UserId, order: str) -> OrderView:
        if not ids.is_id(order):
            raise NotFound("Order not found.")
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.GET_OWN, order, user)
        if row is None:
            raise NotFound("Order not found.")
        return order_view(row)

    async def _reserve(
        self,
        order: OrderId,
        buyer: Buyer,
        order_request: OrderRequest,
        service: ServiceView,
        country: CountryView,
        quote: Quote,
    ) -> bool:
        """Hold the price; False when an order with the same idempotency key exists."""
        async with self.database.connection() as connection:
            await self.standing.ensure(connection, buyer.user_id, self.clock)
            try:
                reserved = await connection.fetchrow(
                    queries.RESERVE,
                    order,
                    buyer.user_id,
                    buyer.account_id,
                    service.code,
                    country.id,
                    micro(quote.price_cents),
                    order_request.max_price_cents,
                    quote.cost_micro,
                    quote.supplier,
                    order_request.idempotency_key,
                    self.standing.open_orders,
                    buyer.api_key,
                    order_request.operator,
                )
            except asyncpg.CheckViolationError as error:
                if ledger.is_overdraft(error):
                    raise InsufficientBalance from error
                raise
            if reserved is not None:
                return True
            why = await connection.fetchrow(
                queries.WHY_NOT_RESERVED, buyer.user_id, service.code, country.id
            )
        if why is None or why["is_banned"]:
            raise Forbidden("This account is blocked. Contact support.")
        # Somebody has just taken it off sale, and this process has not heard of it yet.
        if not why["is_service_sold"]:
            raise BadService(order_request.service)
        if not why["is_country_sold"]:
            raise BadCountry(str(order_request.country))
        if why["open_orders"] >= self.standing.open_orders:
            wait_s = int((why["next_end"] - self.clock.now()).total_seconds())
            raise RateLimited(
                f"You've reached the limit of {why['open_orders']} open orders.",
                retry_after_s=wait_s,
            )
        if order_request.idempotency_key is None:
            raise RateLimited("Too many orders at the same time.", retry_after_s=1)
        return False

    async def find_replay(self, buyer: Buyer, order_request: OrderRequest) -> Placed | None:
        """The order of an earlier request with this key, once its purchase is over.

        Raises:
            BadRequest: The key is empty or too long.
            IdempotencyConflict: The key belongs to another order_request, or is still running.
        """
        key = order_request.idempotency_key
        if key is None or not 1 <= len(key) <= IDEMPOTENCY_KEY_MAX or not key.isprintable():
            raise BadRequest(
                f"Idempotency-Key: must be 1 to {IDEMPOTENCY_KEY_MAX} printable characters."
            )
        loop = asyncio.get_running_loop()
        deadline = loop.time() + TWIN_PATIENCE_S
        while True:
            async with self.database.connection() as connection:
                row = await connection.fetchrow(queries.BY_IDEMPOTENCY_KEY, buyer.user_id, key)
            if row is None:
                return None
            fields = dict(row)
            names = [
                {name for name in fields.pop(which) if name is not None}
                for which in ("service_names", "country_names")
            ]
            is_same = (
                fields.pop("max_price_cents") == order_request.max_price_cents
                and fields["operator"] == order_request.operator
                and order_request.service.strip().lower() in names[0]
                and str(order_request.country).strip().lower() in names[1]
            )
            if not is_same:
                raise IdempotencyConflict(
                    "This Idempotency-Key was already used for a different order."
                )
            view = order_view(fields)
            if view.status is not OrderStatus.RESERVED:
                # What the first request was told: the number, waiting for its code.
                return Placed(replace(view, status=OrderStatus.WAITING), is_replay=True)
            if loop.time() >= deadline:
                raise IdempotencyConflict(
                    "The first request with this Idempotency-Key is still running. Try again later."
                )
            await asyncio.sleep(TWIN_PAUSE_S)
