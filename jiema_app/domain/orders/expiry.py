"""Ending orders whose window is over.

An order is ended after one last complete look at the supplier's list that began after
the window closed, so that a code of the last second still counts; or, should the
supplier be out of reach, after some patience.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.models.order import EndReason, OrderStatus
from jiema_app.domain.orders.settlement import Settlement
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import OrderId

DUE: Final = """
select o.id from orders o
left join job_states j on j.job = 'sync:' || o.supplier
where o.status in ('WAITING', 'RECEIVED') and o.expires_at <= now()
  and o.expires_at <= greatest(j.watermark_at, now() - make_interval(secs => $1))
order by o.expires_at limit $2
"""

BATCH: Final = 1000
CONCURRENCY: Final = 8


@dataclass(frozen=True, slots=True)
class Expiry:
    """Ends what is over. Any number of workers may."""

    database: Database
    settlement: Settlement
    patience_s: int

    async def run(self) -> int:
        """End every order whose window is over.

        Returns:
            How many were due.
        """
        async with self.database.connection() as connection:
            rows = await connection.fetch(DUE, self.patience_s, BATCH)
        gate = asyncio.Semaphore(CONCURRENCY)

        async def end(order: OrderId) -> None:
            async with gate:
                refunded = await self.settlement.refund(
                    order,
                    OrderStatus.CANCELLED,
                    EndReason.EXPIRED,
                    allowed=[OrderStatus.WAITING],
                    only_when_over=True,
                )
                if refunded is None:
                    await self.settlement.complete(order, EndReason.EXPIRED, only_when_over=True)

        await asyncio.gather(*(end(row["id"]) for row in rows))
        return len(rows)
