"""Settling purchases whose answer was lost.

Suppliers of this family know no idempotency key, so a lost answer leaves two loose ends:
here an order that is RESERVED, there a rental that no order knows. A rental that is too
old to belong to a purchase still under way is given to the youngest unknown order of its
service and country that is older than it:

* the order is young and its buyer can find it again by an idempotency key: adopted, it waits;
* otherwise the buyer was told to try again: the rental is cancelled and the price returned.

An unknown order that no rental turns up for is refunded once complete lists have been
read after its purchase must have been over. Should a rental turn up even later, it is
still matched to that order, and cancelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import asyncpg
import structlog

from jiema_app.domain.orders import queries
from jiema_app.domain.orders.phones import hash_phone
from jiema_app.domain.orders.settlement import Settlement
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.supplier import ActiveActivation
from jiema_app.domain.orders.tasks import queue_cancel
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import OrderId

log = structlog.get_logger()

# A moving list may miss a row for once: what shows up again was not resolved after all.
NOTE_UNCLAIMED: Final = """
insert into unclaimed_activations (supplier, activation_id, service_code, country_id)
select $1, * from unnest($2::text[], $3::text[], $4::integer[])
on conflict (supplier, activation_id) do update set resolved_at = null
where unclaimed_activations.resolved_at is not null and unclaimed_activations.order_id is null
"""

# What a complete list does not show as unclaimed any more was claimed meanwhile, or is over.
RESOLVE_OTHERS: Final = """
update unclaimed_activations set resolved_at = now()
where supplier = $1 and resolved_at is null and activation_id <> all($2::text[])
"""

# Old enough to be judged, and whether an order may be theirs. Asked for all at once: somebody
# else may have thousands of rentals with the same account, and every list shows them again.
RIPE: Final = """
with ripe as materialized (
    select activation_id, service_code, country_id, first_seen_at from unclaimed_activations
    where supplier = $1 and activation_id = any($2::text[]) and resolved_at is null
      and first_seen_at <= now() - make_interval(secs => $3)
), oldest as (
    select min(first_seen_at) - interval '1 hour' as first_seen_at from ripe
), unknown as materialized (
    select o.service_code, o.country_id, o.created_at from orders o, oldest
    where o.supplier = $1 and o.activation_id is null and o.purchase_unknown_at is not null
      and o.status in ('RESERVED', 'FAILED') and o.created_at > oldest.first_seen_at
    union all
    select o.service_code, o.country_id, o.created_at from orders o, oldest
    where o.supplier = $1 and o.activation_id is null and o.status = 'RESERVED'
      and o.created_at > oldest.first_seen_at
)
select r.activation_id, exists (
    select from unknown o
    where o.service_code = r.service_code and o.country_id = r.country_id
      and o.created_at <= r.first_seen_at and o.created_at > r.first_seen_at - interval '1 hour'
) as may_be_ours
from ripe r
"""

# $5: seconds after which a purchase cannot be under way any more. The youngest order that is
# older than the rental: taking an older one could leave an older rental, which a list may
# have missed and which comes later, without any order that it can belong to.
UNKNOWN_ORDER: Final = """
select o.id, o.status, o.idempotency_key is not null as is_findable,
       o.created_at > now() - make_interval(secs => $6) as is_young
from orders o
join unclaimed_activations a on a.supplier = o.supplier and a.activation_id = $2
where o.supplier = $1 and o.service_code = $3 and o.country_id = $4 and o.activation_id is null
  and o.created_at <= a.first_seen_at
  and o.created_at > a.first_seen_at - interval '1 hour'
  and (o.purchase_unknown_at is not null
       or o.status = 'RESERVED' and o.created_at <= now() - make_interval(secs => $5))
  and o.status in ('RESERVED', 'FAILED')
order by o.created_at desc limit 1
for update of o skip locked
"""

BIND_RENTAL: Final = """
update orders set activation_id = $2, purchase_unknown_at = coalesce(purchase_unknown_at, now())
where id = $1 and activation_id is null
"""

RESOLVE: Final = """
update unclaimed_activations set resolved_at = now(), order_id = $3
where supplier = $1 and activation_id = $2
"""

# $2: the start of the last complete list. No rental that may be the order's is unresolved.
UNANSWERED: Final = """
select o.id from orders o
where o.supplier = $1 and o.status = 'RESERVED'
  and o.created_at <= $2::timestamptz - make_interval(secs => $3)
  and not exists (
    select from unclaimed_activations a
    where a.supplier = o.supplier and a.service_code = o.service_code
      and a.country_id = o.country_id and a.resolved_at is null
      and o.created_at <= a.first_seen_at
      and o.created_at > a.first_seen_at - interval '1 hour')
limit 500
"""

ABANDONED: Final = """
select id from orders
where status = 'RESERVED' and created_at <= now() - make_interval(secs => $1) limit 500
"""

MARK_ABANDONED: Final = """
update orders set purchase_unknown_at = coalesce(purchase_unknown_at, now())
where id = $1 and status = 'RESERVED'
"""

NAMED_MAX: Final = 10
"""Rentals without an order that one line of the log names."""

YOUNG_S: Final = 300
"""An order this young is still worth a number."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Settles unknown purchases of one supplier.

    Attributes:
        under_way_s: After this no purchase can still be under way.
        give_up_s: After this an unknown purchase is refunded without the supplier's word.
        window_s: How long an adopted order waits for its code.
    """

    database: Database
    settlement: Settlement
    supplier: str
    under_way_s: int
    give_up_s: int
    window_s: int
    phone_secret: bytes = field(repr=False)
    _told: set[str] = field(default_factory=set, init=False, repr=False)
    """Rentals without an order that the log has told of."""

    async def settle(
        self, unclaimed: Sequence[ActiveActivation], list_started_at: datetime
    ) -> None:
        """Match what one complete list left over, and refund what it shows was never bought.

        Args:
            unclaimed: Rentals on that list that no order knows.
            list_started_at: When reading that list began, by the database's clock.
        """
        # A moving list repeats rows, too.
        unclaimed = list({rental.activation_id: rental for rental in unclaimed}.values())
        await self._note(unclaimed)
        ripe = await self._ripe(unclaimed)
        homeless = {one for one, may_be_ours in ripe.items() if not may_be_ours}
        for rental in unclaimed:
            if ripe.get(rental.activation_id) and not await self._match(rental):
                homeless.add(rental.activation_id)
        self._tell(homeless)
        async with self.database.connection() as connection:
            lost = await connection.fetch(
                UNANSWERED, self.supplier, list_started_at, self.under_way_s
            )
        for row in lost:
            await self._refund(row["id"])

    async def give_up(self) -> int:
        """Refund orders that stayed unknown too long, the supplier being out of reach.

        Returns:
            How many were refunded.
        """
        async with self.database.connection() as connection:
            rows = await connection.fetch(ABANDONED, self.give_up_s)
        for row in rows:
            await self._refund(row["id"])
        return len(rows)

    async def _note(self, unclaimed: Sequence[ActiveActivation]) -> None:
        ids = [row.activation_id for row in unclaimed]
        async with self.database.connection() as connection:
            await connection.execute(RESOLVE_OTHERS, self.supplier, ids)
            if not unclaimed:
                return
            await connection.execute(
                NOTE_UNCLAIMED,
                self.supplier,
                ids,
                [row.service for row in unclaimed],
                [row.country for row in unclaimed],
            )

    async def _ripe(self, unclaimed: Sequence[ActiveActivation]) -> dict[str, bool]:
        """Rentals that are old enough to be judged, and whether an order may be theirs."""
        if not unclaimed:
            return {}
        async with self.database.connection() as connection:
            rows = await connection.fetch(
                RIPE, self.supplier, [row.activation_id for row in unclaimed], self.under_way_s
            )
        return {row["activation_id"]: row["may_be_ours"] for row in rows}

    async def _match(self, rental: ActiveActivation) -> bool:
        """Give one rental to the order it must belong to; whether there is one."""
        try:
            given = await self._give(rental)
        except asyncpg.UniqueViolationError:
            # The order that bought it could store it after all, since the list was read.
            log.info("rental claimed meanwhile", activation=rental.activation_id)
            return True
        if given is None:
            return False
        order, is_adopted = given
        log.info("unknown purchase settled", order=order, adopted=is_adopted)
        if not is_adopted:
            await self._refund(order)
        return True

    def _tell(self, homeless: set[str]) -> None:
        """Say once which rentals are nobody's: the list of every second shows them again."""
        news = sorted(homeless - self._told)
        if news:
            log.warning("rentals without an order", number=len(news), first=news[:NAMED_MAX])
        self._told.clear()
        self._told.update(homeless)

    async def _give(self, rental: ActiveActivation) -> tuple[OrderId, bool] | None:
        """Write down whose a rental is; its order, and whether that now waits on it.

        Raises:
            UniqueViolationError: Another order has it. Nothing was written.
        """
        async with self.database.transaction() as connection:
            order = await connection.fetchrow(
                UNKNOWN_ORDER,
                self.supplier,
                rental.activation_id,
                rental.service,
                rental.country,
                self.under_way_s,
                YOUNG_S,
            )
            if order is None:
                return None
            is_adopted = (
                order["status"] == "RESERVED"
                and order["is_findable"]
                and order["is_young"]
                and await self._adopt(connection, order["id"], rental)
            )
            if not is_adopted:
                await connection.execute(BIND_RENTAL, order["id"], rental.activation_id)
                await queue_cancel(
                    connection, self.supplier, rental.activation_id, order["id"],
                    after_s=self.settlement.min_cancel_s[self.supplier],
                )  # fmt: skip
            await connection.execute(RESOLVE, self.supplier, rental.activation_id, order["id"])
        return order["id"], is_adopted

    async def _adopt(
        self, connection: Connection, order: OrderId, rental: ActiveActivation
    ) -> bool:
        row = await connection.fetchrow(
            queries.ACTIVATE,
            order,
            rental.activation_id,
            rental.phone,
            hash_phone(rental.phone, self.phone_secret),
            rental.cost_micro,
            self.window_s,
            None,
        )
        return row is not None

    async def _refund(self, order: OrderId) -> None:
        async with self.database.connection() as connection:
            await connection.execute(MARK_ABANDONED, order)
        await self.settlement.refund(
            order, OrderStatus.FAILED, EndReason.UPSTREAM_UNKNOWN, allowed=[OrderStatus.RESERVED]
        )
