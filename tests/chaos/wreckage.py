"""Is everything in order again? Looked at once a second after the last blow."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

import httpx

from jiema_app.domain.ledger.verification import verify
from jiema_app.domain.transaction import Database

GRACE_S: Final = 5
"""Work this young is under way and not stuck: the tail of the last orders ending."""

LOOSE_ENDS: Final = """
select now() as looked_at,
    (select count(*) from orders where status = 'RESERVED') as reserved,
    (select count(*) from orders
     where status in ('WAITING', 'RECEIVED') and expires_at < now() - make_interval(secs => $1)
    ) as overdue,
    (select count(*) from orders where status in ('WAITING', 'RECEIVED')) as open,
    (select count(*) from supplier_tasks t left join orders o on o.id = t.order_id
     where t.done_at is null
       and coalesce(o.ended_at, t.created_at) < now() - make_interval(secs => $1)) as calls_queued,
    (select count(*) from supplier_notices
     where done_at is null and received_at < now() - make_interval(secs => $1)) as webhooks_queued,
    (select count(*) from outbox_events
     where published_at is null and created_at < now() - make_interval(secs => $1)) as outbox_queued
"""

# Rentals that the supplier still holds for us, though their orders are over or never were.
ABANDONED: Final = """
select count(*) from unnest($2::text[]) as active (activation_id)
left join orders o on o.activation_id = active.activation_id
where o.id is null or o.ended_at < now() - make_interval(secs => $1)
"""


@dataclass(frozen=True, slots=True)
class LooseEnds:
    """What is not in order. All zero: nothing is wrong.

    Attributes:
        books: 1 when the ledger does not prove.
        open: Orders that are rightly open; nothing is wrong with them.
        looked_at: When, by the database's clock.
        abandoned: Rentals at the supplier that no open order needs.
    """

    reserved: int
    overdue: int
    calls_queued: int
    webhooks_queued: int
    outbox_queued: int
    abandoned: int
    books: int
    open: int
    looked_at: datetime

    @property
    def is_clean(self) -> bool:
        """Whether nothing is stuck, lost or wrong."""
        return not any(self.wrong().values())

    @property
    def is_over(self) -> bool:
        """Whether, beside that, every order has ended."""
        return self.is_clean and not self.open

    def wrong(self) -> dict[str, int]:
        """What is not in order, by name."""
        return {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name not in {"open", "looked_at"} and getattr(self, one.name)
        }


async def look(database: Database, sandbox: httpx.AsyncClient, *, grace_s: int) -> LooseEnds:
    """Look at the database and at the supplier."""
    answer = await sandbox.get("/control/state", params={"status": "active", "limit": "100000"})
    active = [str(row["id"]) for row in answer.raise_for_status().json()["activations"]]
    async with database.connection() as connection:
        counts: Any = await connection.fetchrow(LOOSE_ENDS, grace_s)
        abandoned = await connection.fetchval(ABANDONED, grace_s, active)
    books = await verify(database)
    return LooseEnds(**dict(counts), abandoned=abandoned, books=int(not books.ok))
