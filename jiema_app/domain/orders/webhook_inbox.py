"""Webhook calls of a supplier: noted at once, confirmed by its API, never believed.

The calls are unsigned and repeated, so they only say where to look.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from jiema_app.domain.orders.settlement import Settlement
from jiema_app.domain.orders.supplier import Supplier, SupplierError
from jiema_app.domain.orders.sync import look_at
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import OrderId

log = structlog.get_logger()

# Only rentals we know: anybody who finds the address could fill the table otherwise. A call
# that comes while an earlier one is being confirmed may announce something newer: it is due
# at once, and the earlier confirmation does not count for it.
NOTE: Final = """
with noted as (
    insert into supplier_notices (supplier, activation_id)
    select $1, $2
    where exists (select from orders where supplier = $1 and activation_id = $2)
    on conflict (supplier, activation_id) where done_at is null
    do update set received_at = now(), due_at = now()
    returning id
)
select pg_notify('supplier_notice', $1) from noted
"""

CLAIM: Final = """
update supplier_notices n
set due_at = now() + interval '15 s', attempts = attempts + 1
from (
    select id from supplier_notices where done_at is null and due_at <= now()
    order by due_at limit $1 for update skip locked
) due
where n.id = due.id
returning n.id, n.supplier, n.activation_id, n.attempts, n.received_at,
    (select o.id from orders o
     where o.supplier = n.supplier and o.activation_id = n.activation_id) as order_id
"""

DONE: Final = "update supplier_notices set done_at = now() where id = $1 and received_at = $2"

RETRY: Final = (
    "update supplier_notices set due_at = now() + make_interval(secs => $2) where id = $1"
)

BATCH: Final = 100
CONCURRENCY: Final = 10
ATTEMPTS_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class Notice:
    """One claimed webhook call."""

    id: int
    supplier: str
    activation_id: str
    attempts: int
    received_at: datetime
    order_id: OrderId | None


@dataclass(frozen=True, slots=True)
class WebhookInbox:
    """The inbox of webhook calls. Any number of workers may empty it."""

    database: Database
    settlement: Settlement
    suppliers: Mapping[str, Supplier]

    async def note(self, supplier: str, activation_id: str) -> None:
        """Write down that something happened to a rental. Repeated calls merge into one."""
        async with self.database.connection() as connection:
            await connection.fetch(NOTE, supplier, activation_id)

    async def confirm(self) -> int:
        """Ask the supplier about every rental that is due.

        Returns:
            How many were asked about.
        """
        async with self.database.connection() as connection:
            rows = await connection.fetch(CLAIM, BATCH)
        semaphore = asyncio.Semaphore(CONCURRENCY)

        async def guarded(notice: Notice) -> None:
            async with semaphore:
                await self._confirm(notice)

        await asyncio.gather(*(guarded(Notice(**dict(row))) for row in rows))
        return len(rows)

    async def _confirm(self, notice: Notice) -> None:
        peer = self.suppliers.get(notice.supplier)
        try:
            if peer is not None and notice.order_id is not None:
                await self._look(peer, notice.order_id, notice.activation_id)
        except SupplierError as error:
            if notice.attempts < ATTEMPTS_MAX:
                log.info("notice not confirmed", order=notice.order_id, error=type(error).__name__)
                async with self.database.connection() as connection:
                    await connection.execute(RETRY, notice.id, min(30, 2**notice.attempts))
                return
        async with self.database.connection() as connection:
            await connection.execute(DONE, notice.id, notice.received_at)

    async def _look(self, peer: Supplier, order: OrderId, activation_id: str) -> None:
        """Fetch what was announced: mostly one request, where a whole look takes two.

        Raises:
            SupplierError: It did not answer; the order is unchanged.
        """
        messages = await peer.list_messages(activation_id)
        if messages:
            await self.settlement.record_sms(order, messages)
        else:
            await look_at(self.settlement, peer, order, activation_id)
