"""Buying the number of a reserved order.

The order row says what is being tried before anything is sent, and the supplier is
called outside of every transaction. Wherever a crash falls, the row is left in a state
that reconciliation understands: RESERVED, and either too young to judge or unknown.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import asyncpg
import structlog

from jiema_app.domain.catalog import queries as catalog_queries
from jiema_app.domain.catalog.snapshot import Quote
from jiema_app.domain.errors import DomainError, NoNumbers, UpstreamError
from jiema_app.domain.orders import queries, tasks
from jiema_app.domain.orders.phones import hash_phone
from jiema_app.domain.orders.settlement import Settlement
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.supplier import (
    NumberRequest,
    NumbersExhausted,
    OutcomeUnknown,
    PurchaseRefused,
    RentedNumber,
    Supplier,
    SupplierUnavailable,
)
from jiema_app.domain.orders.views import OrderView, order_view
from jiema_app.domain.transaction import DATABASE_TROUBLES, Database
from jiema_app.domain.units import CountryId, OrderId, ServiceCode, UserId

log = structlog.get_logger()

RETRY_WINDOW_S: Final = 4.0
"""No further purchase is begun after this, so that the slowest one is soon over."""

STORE_PAUSES_S: Final = (0.1, 0.3, 0.6, 1.0)
"""Waits between attempts to store a number that is already bought."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """An order whose price is held and whose number is still to be bought."""

    order: OrderId
    buyer: UserId
    service: ServiceCode
    country: CountryId
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class Purchasing:
    """Buys numbers for reservations.

    Attributes:
        suppliers: By name.
        window_s: How long an order waits for its code.
        tries_max: Purchases made to avoid a number that failed this buyer before.
        phone_secret: Key of the hashes that numbers are recognised by.
    """

    database: Database
    suppliers: Mapping[str, Supplier]
    settlement: Settlement
    window_s: int
    tries_max: int
    phone_secret: bytes = field(repr=False)

    async def buy(self, reservation: Reservation, quotes: Sequence[Quote]) -> OrderView:
        """Buy a number at the first quote that has one, and start waiting for its code.

        Args:
            reservation: The held order.
            quotes: Where to try, in this order; the first is what the row says already.

        Raises:
            NoNumbers: Nobody had one. The price is back.
            UpstreamError: Nobody would sell (the price is back), or the outcome is unknown
                (the price stays held until reconciliation settles it, within a minute).
        """
        last_begin = time.monotonic() + RETRY_WINDOW_S
        failure: Exception = NumbersExhausted()
        exhausted: list[Quote] = []
        for position, quote in enumerate(quotes):
            if position:
                if time.monotonic() > last_begin:
                    break
                await self._reroute(reservation, quote)
            try:
                order = await self._buy_acceptable(reservation, quote, last_begin)
            except (NumbersExhausted, PurchaseRefused, SupplierUnavailable) as error:
                log.info("purchase refused", order=reservation.order, error=type(error).__name__)
                failure = error
                if isinstance(error, NumbersExhausted):
                    exhausted.append(quote)
                continue
            except OutcomeUnknown as error:
                await self._mark_unknown(reservation)
                raise UpstreamError(
                    "The number provider didn't confirm the purchase. We hold the price until "
                    "this is settled, at most a minute or two, then refund it."
                ) from error
            if order is not None:
                await self._sell_out(reservation, exhausted)
                return order
        await self._release(reservation, failure)
        await self._sell_out(reservation, exhausted)
        if isinstance(failure, NumbersExhausted):
            raise NoNumbers from failure
        raise UpstreamError from failure

    async def _buy_acceptable(
        self, reservation: Reservation, quote: Quote, last_begin: float
    ) -> OrderView | None:
        """Buy until the number is one that has not failed this buyer; None when none was."""
        for attempt in range(self.tries_max):
            if attempt and time.monotonic() > last_begin:
                break
            number = await self._buy_from(reservation, quote)
            if number.operator and reservation.operator not in {None, number.operator}:
                # Some sell what they have instead of saying that they have none.
                await self._give_back(reservation, quote, number)
                raise NumbersExhausted
            order = await self._store(reservation, quote, number)
            if order is not None:
                return order
        return None

    async def _buy_from(self, reservation: Reservation, quote: Quote) -> RentedNumber:
        """Make one purchase.

        Raises:
            NumbersExhausted, PurchaseRefused, SupplierUnavailable: Nothing was bought.
            OutcomeUnknown: Anything else whatever: it was sent.
        """
        supplier = self.suppliers[quote.supplier]
        request = NumberRequest(
            service=reservation.service,
            country=reservation.country,
            cost_limit_micro=quote.cost_micro,
            buyer_reference=reservation.buyer,
            operator=reservation.operator,
        )
        try:
            return await supplier.buy_number(request)
        except (NumbersExhausted, PurchaseRefused, SupplierUnavailable, OutcomeUnknown):
            raise
        except Exception as error:
            # A bug in an adapter is no proof that nothing was sold. It is not quoted: its
            # words may hold the number.
            log.error(  # noqa: TRY400
                "purchase failed on our side",
                order=reservation.order,
                error=type(error).__name__,
            )
            raise OutcomeUnknown("the adapter failed") from error

    async def _reroute(self, reservation: Reservation, quote: Quote) -> None:
        async with self.database.connection() as connection:
            await connection.execute(
                queries.REROUTE, reservation.order, quote.supplier, quote.cost_micro
            )

    async def _store(
        self, reservation: Reservation, quote: Quote, number: RentedNumber
    ) -> OrderView | None:
        """Give the bought number to its order.

        Returns:
            The waiting order; None when this number failed this buyer before and another
            should be bought (this one is being given back).

        Raises:
            UpstreamError: The order was settled meanwhile; the number is being given back.
            OutcomeUnknown: It could not be stored. It is found again on the active list.
        """
        for pause in (*STORE_PAUSES_S, None):
            try:
                return await self._activate(reservation, quote, number)
            except DATABASE_TROUBLES as error:
                # The number is paid for: a restarting database is worth waiting for.
                if pause is None:
                    raise OutcomeUnknown("bought, and the database is away") from error
                await asyncio.sleep(pause)
            except DomainError:
                raise
            except Exception as error:
                # The buyer is told what holds: their price is held, and will be settled.
                log.error(  # noqa: TRY400 - never quoted, as above
                    "a bought number was not stored",
                    order=reservation.order,
                    error=type(error).__name__,
                )
                raise OutcomeUnknown("bought, and not stored") from error
        raise AssertionError("unreachable")

    async def _activate(
        self, reservation: Reservation, quote: Quote, number: RentedNumber
    ) -> OrderView | None:
        try:
            async with self.database.connection() as connection:
                row = await connection.fetchrow(
                    queries.ACTIVATE,
                    reservation.order,
                    number.activation_id,
                    number.phone,
                    hash_phone(number.phone, self.phone_secret),
                    number.cost_micro,
                    self.window_s,
                    number.ends_at,
                )
        except asyncpg.UniqueViolationError:
            # Adopted by another order while the answer was under way: not ours to give back.
            # That order's own number is still to turn up, and may be matched to this one. Not
            # inside the block: whoever holds a connection must not wait for a second one.
            log.warning("number claimed by another order", order=reservation.order)
            await self._mark_unknown(reservation)
            await self._release(reservation, NumbersExhausted())
            raise UpstreamError from None
        if row is not None:
            return order_view(row)
        async with self.database.connection() as connection:
            current = await connection.fetchrow(queries.GET, reservation.order)
            assert current is not None
            order = order_view(current)
            if order.activation_id == number.activation_id:
                # An earlier attempt to store it was answered by a lost connection, or
                # reconciliation adopted it for this very order.
                if order.status is OrderStatus.FAILED:
                    raise UpstreamError
                return order
        await self._give_back(reservation, quote, number)
        if order.status is not OrderStatus.RESERVED:
            raise UpstreamError
        log.info("number failed this buyer before", order=reservation.order)
        return None

    async def _give_back(
        self, reservation: Reservation, quote: Quote, number: RentedNumber
    ) -> None:
        """Have a number cancelled that its buyer does not get.

        Raises:
            OutcomeUnknown: That could not be written down. It is found on the active list.
        """
        try:
            async with self.database.connection() as connection:
                await tasks.queue_cancel(
                    connection, quote.supplier, number.activation_id, reservation.order,
                    after_s=self.suppliers[quote.supplier].min_cancel_s,
                )  # fmt: skip
        except DATABASE_TROUBLES as error:
            raise OutcomeUnknown("bought, and the database is away") from error

    async def _mark_unknown(self, reservation: Reservation) -> None:
        log.warning("purchase outcome unknown", order=reservation.order)
        # Without the mark the order is unknown all the same, once it is old enough.
        with suppress(*DATABASE_TROUBLES):
            async with self.database.connection() as connection:
                await connection.execute(queries.MARK_UNKNOWN, reservation.order)

    async def _sell_out(self, reservation: Reservation, quotes: Sequence[Quote]) -> None:
        """Take from the shop what a supplier has none of, until it is offered anew.

        After the buyer's order is settled, and no part of it: this may fail. That one operator
        has none says nothing of the others.
        """
        if not quotes or reservation.operator is not None:
            return
        with suppress(*DATABASE_TROUBLES):
            async with self.database.connection() as connection:
                for quote in quotes:
                    await connection.execute(
                        catalog_queries.SELL_OUT,
                        quote.supplier,
                        reservation.service,
                        reservation.country,
                        quote.cost_micro,
                    )

    async def _release(self, reservation: Reservation, failure: Exception) -> None:
        reason = (
            EndReason.NO_NUMBERS
            if isinstance(failure, NumbersExhausted)
            else EndReason.UPSTREAM_REFUSED
        )
        await self.settlement.refund(
            reservation.order, OrderStatus.FAILED, reason, allowed=[OrderStatus.RESERVED]
        )
