"""Forgetting: SMS texts and full phone numbers go 24 hours after an order ended."""

from dataclasses import dataclass
from typing import Final

from jiema_app.domain.transaction import Database

# The middle of the number is masked; what stays is too little to call. The keyed hash stays.
# Open pages that still show text and number are told, as of any other change.
PURGE: Final = """
with due as (
    select id from orders
    where ended_at is not null and purged_at is null
      and ended_at <= now() - make_interval(secs => $1)
    order by ended_at limit $2 for update skip locked
), forgotten as (
    delete from order_sms s using due where s.order_id = due.id
), purged as (
    update orders o
    set purged_at = now(), version = version + 1,
        phone = left(phone, 4) || repeat('*', greatest(length(phone) - 6, 0)) || right(phone, 2)
    from due where o.id = due.id
    returning o.id, o.user_id
)
select id, pg_notify('order_changed', id || ' ' || user_id) from purged
"""

FORGET_KEYS: Final = """
update orders set idempotency_key = null
where idempotency_key is not null and created_at <= now() - make_interval(secs => $1)
"""

# Spent machinery, kept a week for whoever looks into a complaint.
SWEEP: Final = (
    "delete from supplier_notices where done_at < now() - interval '7 days'",
    "delete from supplier_tasks where done_at < now() - interval '7 days'",
    "delete from unclaimed_activations where resolved_at < now() - interval '7 days'",
    "delete from outbox_events where published_at < now() - interval '7 days'",
)

BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Retention:
    """Keeps the promise of the privacy policy.

    Attributes:
        retention_s: How long after its end an order keeps texts and phone.
        idempotency_s: How long idempotency keys are honoured.
    """

    database: Database
    retention_s: int
    idempotency_s: int

    async def purge(self) -> int:
        """Forget what is due.

        Returns:
            How many orders were purged.
        """
        purged = 0
        while True:
            async with self.database.connection() as connection:
                done = len(await connection.fetch(PURGE, self.retention_s, BATCH))
            purged += done
            if done < BATCH:
                return purged

    async def sweep(self) -> None:
        """Forget expired idempotency keys and spent machinery."""
        async with self.database.connection() as connection:
            await connection.execute(FORGET_KEYS, self.idempotency_s)
            for statement in SWEEP:
                await connection.execute(statement)
