"""Ending rentals at the supplier: written down first, said until it is heard."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from jiema_app.domain.orders.supplier import (
    ActivationGone,
    CancelTooEarly,
    CodeArrived,
    Supplier,
    SupplierError,
)
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import OrderId

log = structlog.get_logger()

QUEUE_CANCEL: Final = """
insert into supplier_tasks (supplier, activation_id, order_id, kind, due_at)
select $1, $2, $3, 'cancel', o.created_at + make_interval(secs => $4) from orders o where o.id = $3
on conflict (supplier, activation_id, kind) do nothing
"""

QUEUE_FINISH: Final = """
insert into supplier_tasks (supplier, activation_id, order_id, kind, due_at)
values ($1, $2, $3, 'finish', now())
on conflict (supplier, activation_id, kind) do nothing
"""

# A claim moves the due time on: should the claimer die, another one tries again. Saying
# something twice does no harm, so the time need not cover the slowest supplier.
CLAIM: Final = """
update supplier_tasks set due_at = now() + interval '20 s', attempts = attempts + 1
where id in (
    select id from supplier_tasks where done_at is null and due_at <= now()
    order by due_at limit $1 for update skip locked
)
returning id, supplier, activation_id, order_id, kind, attempts
"""

DONE: Final = "update supplier_tasks set done_at = now(), outcome = $2 where id = $1"

POSTPONE: Final = """
update supplier_tasks set due_at = now() + make_interval(secs => $2), outcome = $3
where id = $1
"""

BATCH: Final = 100
CONCURRENCY: Final = 10
BACKOFF_MAX_S: Final = 15
"""A number that is not given back costs money, and a supplier that is down is spared by
its circuit: waiting longer saves nothing."""


async def queue_cancel(
    connection: Connection, supplier: str, activation_id: str, order: OrderId, *, after_s: int
) -> None:
    """Have a rental given back once the order is ``after_s`` old. Queueing twice does no harm."""
    await connection.execute(QUEUE_CANCEL, supplier, activation_id, order, after_s)


@dataclass(frozen=True, slots=True)
class Task:
    """One claimed call."""

    id: int
    supplier: str
    activation_id: str
    order_id: OrderId | None
    kind: str
    attempts: int


@dataclass(frozen=True, slots=True)
class SupplierTasks:
    """Works through the queue. Any number of workers may."""

    database: Database
    suppliers: Mapping[str, Supplier]

    async def run(self) -> int:
        """Make the calls that are due.

        Returns:
            How many were made.
        """
        async with self.database.connection() as connection:
            claimed = [Task(**dict(row)) for row in await connection.fetch(CLAIM, BATCH)]
        semaphore = asyncio.Semaphore(CONCURRENCY)

        async def guarded(task: Task) -> None:
            async with semaphore:
                await self._perform(task)

        await asyncio.gather(*(guarded(task) for task in claimed))
        return len(claimed)

    async def _perform(self, task: Task) -> None:
        supplier = self.suppliers.get(task.supplier)
        if supplier is None:
            await self._postpone(task, BACKOFF_MAX_S, "no such supplier configured")
            return
        try:
            if task.kind == "cancel":
                await supplier.cancel(task.activation_id)
            else:
                await supplier.finish(task.activation_id)
        except ActivationGone:
            await self._done(task, "gone")
        except CancelTooEarly as refusal:
            await self._postpone(task, min(refusal.minimum_age_s, 15), "too early")
        except CodeArrived:
            # The buyer was refunded before it came; the rental is closed at our cost.
            log.warning("code arrived after the refund", order=task.order_id)
            async with self.database.transaction() as connection:
                await connection.execute(
                    QUEUE_FINISH, task.supplier, task.activation_id, task.order_id
                )
                await connection.execute(DONE, task.id, "code arrived")
        except SupplierError as error:
            pause = min(BACKOFF_MAX_S, 2 ** min(task.attempts, 6))
            await self._postpone(task, pause, type(error).__name__)
        else:
            await self._done(task, "ok")

    async def _done(self, task: Task, outcome: str) -> None:
        async with self.database.connection() as connection:
            await connection.execute(DONE, task.id, outcome)

    async def _postpone(self, task: Task, seconds: float, why: str) -> None:
        async with self.database.connection() as connection:
            await connection.execute(POSTPONE, task.id, seconds, why)
