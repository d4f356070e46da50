"""Comparing the hot wallet and the treasury with what was read of them, and with the books.

As for the pool, nothing is changed; but once for each wallet, what it held when we began to watch
it is booked as its owner's, so that from then on everything adds up to the last unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from jiema_app.domain.chain.reconciliation import ChainReconciliation
from jiema_app.domain.payouts.halts import NOTE_HOUSE, NOTE_POOL
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import usdt_text

log = structlog.get_logger()

WALLETS: Final = "select address, purpose, opening_micro from house_wallets order by id"

# Once: whoever comes second finds that it is known.
OPEN: Final = """
with opened as (
    update house_wallets set opening_micro = $2 where address = $1 and opening_micro is null
    returning address, purpose
)
select case when $2 > 0 then ledger_post('house_funded', 'opening ' || address,
    case purpose when 'HOT' then 7 else 12 end, 13, $2) end as posted
from opened
"""

# What each kind of wallet holds by the books, and by what was read: the opening, and every
# transfer that was booked. A withdrawal is posted when its receipt is final, which may be a moment
# before or after its transfer is read.
BOOKS: Final = """
select kind.account_id, kind.purpose,
    -(select coalesce(sum(amount_micro), 0) from ledger_entries e
      where e.account_id = kind.account_id)::bigint as ledger,
    (coalesce((select sum(opening_micro) from house_wallets h where h.purpose = kind.purpose), 0)
     + coalesce((
        select sum(case when received.address is null then 0 else p.amount end
                   - case when sent.address is null then 0 else p.amount end)
        from payments p
        left join house_wallets received
            on received.address = p.to_address and received.purpose = kind.purpose
        left join house_wallets sent
            on sent.address = p.from_address and sent.purpose = kind.purpose
        where p.status = 'HOUSE' and (received.address is not null or sent.address is not null)
     ), 0)
     - coalesce((
        select sum(o.amount) from payout_attempts a join payouts o on o.id = a.payout_id
        join house_wallets h on h.address = a.from_address and h.purpose = kind.purpose
        where o.kind = 'WITHDRAWAL' and a.outcome = 'SETTLED'
          and not exists (select from payments p where p.txid = a.txid and p.status = 'HOUSE')
     ), 0))::bigint as read
from (values (7, 'HOT'), (12, 'TREASURY')) kind (account_id, purpose)
"""


@dataclass(frozen=True, slots=True)
class HouseDifference:
    """A wallet, or an account of the books, that holds something else than it should.

    Attributes:
        what: An address, or ``the books of HOT``.
        on_chain: In micro-USDT: what it holds, or what the books say.
        expected: What it should.
    """

    what: str
    on_chain: int
    expected: int


@dataclass(frozen=True, slots=True)
class HouseReconciled:
    """What a comparison found.

    Attributes:
        checked: Wallets that were compared.
        in_flight: Those that moved, or were not read so far: no verdict.
    """

    checked: int
    in_flight: Sequence[str]
    differences: Sequence[HouseDifference]

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    @property
    def difference(self) -> int:
        """How much is unexplained, whatever its sign, in micro-USDT."""
        return sum(abs(one.on_chain - one.expected) for one in self.differences)


@dataclass(frozen=True, slots=True)
class HouseReconciliation:
    """Compares chain and books of the house's own wallets."""

    database: Database
    chain: ChainReconciliation

    async def run(self) -> HouseReconciled:
        """Open what is new, and compare everything.

        Raises:
            ChainError: The chain does not answer. Nothing is known.
        """
        async with self.database.connection() as connection:
            rows = await connection.fetch(WALLETS)
        await self._open([row["address"] for row in rows if row["opening_micro"] is None])
        async with self.database.connection() as connection:
            rows = await connection.fetch(WALLETS)
        openings = {
            row["address"]: row["opening_micro"] for row in rows if row["opening_micro"] is not None
        }
        in_flight = [row["address"] for row in rows if row["opening_micro"] is None]
        differences: list[HouseDifference] = []
        if openings:
            look = await self.chain.look(list(openings), openings)
            if look.differing:
                again = await self.chain.look(sorted(look.differing), openings)
                look.differing = again.differing
                look.balances |= again.balances
                look.expected |= again.expected
                look.in_flight |= again.in_flight
            in_flight += sorted(look.in_flight)
            differences += [
                HouseDifference(one, look.balances[one], look.expected[one])
                for one in sorted(look.differing)
            ]
        async with self.database.connection() as connection:
            differences += [
                HouseDifference(f"the books of {row['purpose']}", row["ledger"], row["read"])
                for row in await connection.fetch(BOOKS)
                if row["ledger"] != row["read"]
            ]
        return HouseReconciled(len(openings), in_flight, differences)

    async def note(self, difference: int) -> None:
        """Write down by how much these differ: what the checks of payouts read."""
        async with self.database.connection() as connection:
            await connection.execute(NOTE_HOUSE, difference)

    async def note_pool(self, difference: int) -> None:
        """Likewise for the pool."""
        async with self.database.connection() as connection:
            await connection.execute(NOTE_POOL, difference)

    async def _open(self, addresses: Sequence[str]) -> None:
        """Book what wallets held when they were first watched, where that is certain now."""
        if not addresses:
            return
        for address, held in (await self.chain.measure(addresses)).items():
            if held < 0:
                log.error("a house wallet holds less than was read", address=address)
                continue
            async with self.database.transaction() as connection:
                await _open_one(connection, address, held)
            log.info("house wallet opened", address=address, usdt=usdt_text(held))


async def _open_one(connection: Connection, address: str, held: int) -> Any:
    return await connection.fetchrow(OPEN, address, held)
