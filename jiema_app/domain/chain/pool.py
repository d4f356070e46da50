"""The wallets of the pool: one for each open recharge, none for two people at once.

A wallet goes FREE, LOCKED, COOLDOWN, FREE. Every step but the first waits for the cursor of
the chain: a wallet is somebody's until every block that could hold their payment was read.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from jiema_app.domain.chain.port import WalletDeriver
from jiema_app.domain.transaction import Database

log = structlog.get_logger()

GROW_BY: Final = 50

# One grower at a time: two would derive the same addresses.
GROWING: Final = "select pg_advisory_xact_lock(hashtext('wallets.grow'))"

COUNTS: Final = """
select count(*) filter (
        where status = 'FREE' and (free_from is null or free_from <= now())) as free,
    count(*) as total,
    coalesce(max(derivation_index) filter (where account = $1), -1) + 1 as next_index
from wallets
"""

ADD: Final = """
insert into wallets (account, derivation_index, address)
select $1, $2 + position - 1, address
from unnest($3::text[]) with ordinality as given (address, position)
on conflict do nothing
"""

# Windows that the final blocks have passed. $1: chain, $2: seconds for a wallet that was paid
# in time, $3: for one that was not. An unpaid recharge has expired. What was judged before this
# may have made the wallet rest longer already.
CLOSE: Final = """
with due as (
    select r.id from recharges r join wallets w on w.id = r.wallet_id
    where not r.is_closed
      and r.closes_at <= (select block_time from chain_cursors where genesis_id = $1)
      and not exists (
        select from payments p where p.to_address = w.address and p.status = 'NEW')
    order by r.closes_at limit $4 for update of r skip locked
), closed as (
    update recharges r set is_closed = true, version = version + 1, seen_block = null,
        seen_micro = null, status = case when r.status = 'OPEN' then 'EXPIRED' else r.status end
    from due where r.id = due.id
    returning r.id, r.user_id, r.closes_at, r.credited_micro
), cooling as (
    update wallets w set status = 'COOLDOWN', free_from = greatest(w.free_from, closed.closes_at
        + make_interval(secs => case when closed.credited_micro > 0 then $2::float else $3::float end))
    from closed where w.recharge_id = closed.id and w.status = 'LOCKED'
)
select pg_notify('recharge_changed', id || ' ' || user_id) from closed
"""

FREE: Final = """
update wallets w set status = 'FREE', recharge_id = null, free_from = null
where w.id in (
    select c.id from wallets c
    where c.status = 'COOLDOWN'
      and c.free_from <= (select block_time from chain_cursors where genesis_id = $1)
      and not exists (select from payments p where p.to_address = c.address and p.status = 'NEW')
    order by c.free_from limit $2 for update skip locked
)
"""

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class WalletPool:
    """Gives wallets out, takes them back, and makes new ones. Holds no private key.

    Attributes:
        deriver: Makes addresses; None where no account key is set.
        stock: The worker keeps so many wallets free.
        total_max: The pool never grows beyond this.
        grace_s: Cool-down of a wallet that was paid in time.
        quarantine_s: Cool-down of one that was not: the payment may still come.
    """

    database: Database
    deriver: WalletDeriver | None
    genesis_id: str
    stock: int
    total_max: int
    grace_s: int
    quarantine_s: int

    async def take_back(self) -> int:
        """Close windows that the final blocks have passed, and free what has cooled down.

        Returns:
            How many windows were closed.
        """
        async with self.database.connection() as connection:
            closed = await connection.fetch(
                CLOSE, self.genesis_id, self.grace_s, self.quarantine_s, BATCH
            )
            await connection.execute(FREE, self.genesis_id, BATCH)
        return len(closed)

    async def keep_stock(self) -> int:
        """Make wallets until ``stock`` are free. Runs in the worker.

        Returns:
            How many were made.
        """
        return await self._grow(lambda free: self.stock - free)

    async def grow_if_empty(self) -> int:
        """Make some wallets when none is free."""
        return await self._grow(lambda free: GROW_BY if free == 0 else 0)

    async def grow(self, count: int) -> int:
        """Make wallets.

        Returns:
            How many were made: fewer when the pool may not grow further.
        """
        return await self._grow(lambda _free: count)

    async def _grow(self, wanted: Callable[[int], int]) -> int:
        if self.deriver is None:
            log.warning("no account key, so no wallet can be made")
            return 0
        account = self.deriver.account
        async with self.database.transaction() as connection:
            await connection.execute(GROWING)
            row = await connection.fetchrow(COUNTS, account)
            assert row is not None
            count: int = min(wanted(row["free"]), self.total_max - row["total"])
            if count <= 0:
                return 0
            first = row["next_index"]
            addresses: Sequence[str] = await asyncio.to_thread(self.deriver.derive, first, count)
            await connection.execute(ADD, account, first, list(addresses))
        log.info("wallets made", count=count, first=first)
        return count
