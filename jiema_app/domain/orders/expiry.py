"""Ending orders whose window is over.

An order is ended after one last complete look at the supplier's list that began after
the window closed, so that a code of the last second still counts. Should no list be
complete for a while, because the supplier is out of reach or because we were, its rental
is asked about by itself; and it is ended without an answer when there is none.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from jiema_app.domain.orders.settlement import Settlement
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.supplier import ActivationGone, Supplier, SupplierError
from jiema_app.domain.transaction import DATABASE_TROUBLES, Database
from jiema_app.domain.units import OrderId

log = structlog.get_logger()

# Those that the last complete list has seen come first: they are the older ones.
DUE: Final = """
select o.id, o.supplier, o.activation_id,
       coalesce(o.expires_at <= j.watermark_at, false) as is_seen
from orders o
left join job_states j on j.job = 'sync:' || o.supplier
where o.status in ('WAITING', 'RECEIVED') and o.expires_at <= now()
  and o.expires_at <= greatest(j.watermark_at, now() - make_interval(secs => $1))
order by o.expires_at limit $2
"""

BATCH: Final = 1000
LOOKS_MAX: Final = 100
"""Rentals asked about by themselves in one run: the next list may make the rest needless."""

CONCURRENCY: Final = 8


class OrdersNotEnded(Exception):
    """Orders could not be ended, by a fault of ours. They wait; nothing is lost."""


def _tell(failed: Sequence[tuple[OrderId, BaseException]]) -> None:
    """Raise what kept orders from being ended.

    Raises:
        OrdersNotEnded: A fault of ours. It is not quoted: a database's words may hold what was
            written to a number.
    """
    for _, trouble in failed:
        if isinstance(trouble, DATABASE_TROUBLES) or not isinstance(trouble, Exception):
            raise trouble
    if failed:
        for order, trouble in failed:
            log.error("order not ended", order=order, error=type(trouble).__name__)
        raise OrdersNotEnded(len(failed))


@dataclass(frozen=True, slots=True)
class Expiry:
    """Ends what is over. Any number of workers may.

    Attributes:
        patience_s: How long an order waits for a complete list after its window.
    """

    database: Database
    settlement: Settlement
    suppliers: Mapping[str, Supplier]
    patience_s: int

    async def run(self) -> int:
        """End every order whose window is over.

        Returns:
            How many were due.

        Raises:
            OrdersNotEnded: Some were not. The others are ended all the same.
        """
        async with self.database.connection() as connection:
            rows = await connection.fetch(DUE, self.patience_s, BATCH)
        semaphore = asyncio.Semaphore(CONCURRENCY)

        async def end(row: Any) -> None:
            async with semaphore:
                if not row["is_seen"]:
                    await self._look(row)
                await self._end(OrderId(row["id"]))

        seen = [row for row in rows if row["is_seen"]]
        unseen = [row for row in rows if not row["is_seen"]]
        due = (*seen, *unseen[:LOOKS_MAX])
        troubles = await asyncio.gather(*map(end, due), return_exceptions=True)
        _tell([(row["id"], trouble) for row, trouble in zip(due, troubles, strict=True) if trouble])
        return len(rows)

    async def _look(self, row: Any) -> None:
        """Ask about one rental, for a code that no list has shown us."""
        supplier = self.suppliers.get(row["supplier"])
        if supplier is None:
            return
        try:
            state = await supplier.read_activation(row["activation_id"])
        except ActivationGone:
            return
        except SupplierError as error:
            log.warning("ended without a last look", order=row["id"], error=type(error).__name__)
        else:
            await self.settlement.record_sms(OrderId(row["id"]), state.sms)

    async def _end(self, order: OrderId) -> None:
        refunded = await self.settlement.refund(
            order,
            OrderStatus.CANCELLED,
            EndReason.EXPIRED,
            allowed=[OrderStatus.WAITING],
            only_when_over=True,
        )
        if refunded is None:
            await self.settlement.complete(order, EndReason.EXPIRED, only_when_over=True)
