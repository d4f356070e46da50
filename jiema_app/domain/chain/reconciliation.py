"""Comparing what the wallets hold on the chain with what we read of it, and with the books.

Chain and cursor move while we look. So a balance is compared with what we had read at each
of the blocks in which it may have been asked for, once all of them were read; and a wallet
that differs is looked at again before anybody is told. Nothing is ever changed.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate
from typing import Any, Final

import structlog

from jiema_app.domain.chain import reconciliation_queries as queries
from jiema_app.domain.chain.port import ChainSource, TokenTransfer
from jiema_app.domain.chain.reconciliation_views import Clue, Difference, Reconciled
from jiema_app.domain.clock import Clock
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import usdt_text

log = structlog.get_logger()

BATCH: Final = 200
"""Wallets that are asked about between two looks at the head of the chain."""

SLICE: Final = 100
"""Wallets that nobody ever paid to, asked about in one go; the next turn takes others."""

TURN_S: Final = 600

PATIENCE_S: Final = 15.0
"""How long we wait for the reader of the chain to get where the balances were asked for."""

POLL_S: Final = 0.25
CLUES: Final = 10
SEARCH_BATCH: Final = 100
END: Final = 2**40


class Scope(StrEnum):
    """Which wallets are asked about. Each takes the node a request."""

    SAMPLE = "sample"
    """Those that were paid last, and some others, other ones each time."""
    USED = "used"
    """Whatever was ever paid or is being paid, and some others."""
    EVERY = "every"


@dataclass(slots=True)
class Look:
    """What one look at some wallets found: balances, what they should be, and those that differ.

    In flight are those that moved, or were not read so far, when they were asked about.
    """

    balances: dict[str, int] = field(default_factory=dict)
    expected: dict[str, int] = field(default_factory=dict)
    differing: set[str] = field(default_factory=set)
    in_flight: set[str] = field(default_factory=set)

    def add(self, other: "Look") -> None:
        """Join what another look, at other wallets, found."""
        self.balances |= other.balances
        self.expected |= other.expected
        self.differing |= other.differing
        self.in_flight |= other.in_flight


@dataclass(frozen=True, slots=True)
class ChainReconciliation:
    """Compares chain and books.

    Attributes:
        sample: Wallets of one sample, so that many wallets do not mean many requests.
        patience_s: How long the reader of the chain may take to catch up.
    """

    database: Database
    clock: Clock
    source: ChainSource
    sample: int
    patience_s: float = PATIENCE_S

    async def run(self, scope: Scope, *, search_blocks: int = 0) -> Reconciled:
        """Compare, wallet by wallet and in sum.

        Args:
            scope: Which wallets are asked about. The books are compared as a whole.
            search_blocks: For transfers that were never read, look through the last so many
                blocks. Only when a wallet differs: it takes a request or two for each block.

        Raises:
            ChainError: The chain does not answer. Nothing is known.
        """
        addresses, total = await self._choose(scope)
        look = Look()
        for start in range(0, len(addresses), BATCH):
            look.add(await self.look(addresses[start : start + BATCH]))
        if look.differing:
            again = await self.look(sorted(look.differing))
            look.differing, look.in_flight = again.differing, look.in_flight | again.in_flight
            look.balances |= again.balances
            look.expected |= again.expected
        missed = await self._search(look.differing, search_blocks)
        async with self.database.transaction() as connection:
            books = await connection.fetchrow(queries.BOOKS)
            assert books is not None
            is_sound = books["pool"] == books["judged"]
            return Reconciled(
                wallets=total,
                checked=len(addresses),
                on_chain=sum(look.balances.values()),
                expected=sum(look.expected.values()),
                pool=int(books["pool"]),
                judged=int(books["judged"]),
                differences=await _explain(connection, look, missed),
                in_flight=sorted(look.in_flight),
                not_judged=await _clues(connection, queries.NOT_JUDGED),
                left=await _clues(connection, queries.LEFT),
                book_clues=() if is_sound else await _clues(connection, queries.BOOK_CLUES),
            )

    async def _choose(self, scope: Scope) -> tuple[Sequence[str], int]:
        third = -(-self.sample // 3)
        sizes = {
            Scope.SAMPLE: (third, third, third),
            Scope.USED: (0, END, SLICE),
            Scope.EVERY: (0, END, END),
        }[scope]
        turn = int(self.clock.now().timestamp() / TURN_S)
        async with self.database.connection() as connection:
            total = await connection.fetchval(queries.COUNT)
            rows = await connection.fetch(queries.WALLETS, turn, *sizes)
        return [row["address"] for row in rows], total

    async def look(
        self, addresses: Sequence[str], openings: Mapping[str, int] | None = None
    ) -> Look:
        """Compare some wallets once.

        Args:
            addresses: Which.
            openings: What each of them held before anything of it was read; 0 where not named.

        Raises:
            ChainError: The chain does not answer. Nothing is known.
        """
        opened = openings or {}
        before = (await self.source.read_final_head()).number
        balances = await self.source.read_balances(addresses)
        after = (await self.source.read_final_head()).number
        look = Look(balances={one: int(balances[one]) for one in addresses})
        held = await self._holdings(addresses, END)
        look.expected = {one: held[one] + opened.get(one, 0) for one in addresses}
        unequal = [one for one in addresses if look.balances[one] != look.expected[one]]
        if not unequal:
            return look
        if not await self._has_read(after):
            look.in_flight.update(unequal)
            return look
        possible = await self._possible(unequal, before, after)
        look.differing = {
            one for one in unequal if look.balances[one] - opened.get(one, 0) not in possible[one]
        }
        # What moved since is no difference; the sums shall not look like one.
        look.expected |= {one: look.balances[one] for one in unequal if one not in look.differing}
        return look

    async def measure(self, addresses: Sequence[str]) -> Mapping[str, int]:
        """What each of some wallets holds beyond what was read of it.

        Only of those that nothing moved while they were asked about, and that were read so far.

        Raises:
            ChainError: The chain does not answer. Nothing is known.
        """
        before = (await self.source.read_final_head()).number
        balances = await self.source.read_balances(addresses)
        after = (await self.source.read_final_head()).number
        if not await self._has_read(after):
            return {}
        possible = await self._possible(addresses, before, after)
        return {
            one: int(balances[one]) - next(iter(possible[one]))
            for one in addresses
            if len(possible[one]) == 1
        }

    async def _holdings(self, addresses: Sequence[str], block: int) -> dict[str, int]:
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.HOLDINGS, list(addresses), block)
        return {row["address"]: int(row["amount"]) for row in rows}

    async def _possible(
        self, addresses: Sequence[str], first: int, last: int
    ) -> Mapping[str, set[int]]:
        """What each wallet held at the end of each block from ``first`` to ``last``."""
        held = await self._holdings(addresses, first)
        moved: defaultdict[str, list[int]] = defaultdict(list)
        async with self.database.connection() as connection:
            for row in await connection.fetch(queries.CHANGES, list(addresses), first, last):
                moved[row["address"]].append(int(row["amount"]))
        return {one: set(accumulate(moved[one], initial=held[one])) for one in addresses}

    async def _has_read(self, block: int) -> bool:
        """Wait until the chain was read up to a block.

        Returns:
            False when it takes too long.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience_s
        while True:
            async with self.database.connection() as connection:
                row = await connection.fetchrow(queries.CURSOR, self.source.genesis_id)
            if row is not None and row["block_number"] >= block:
                return True
            if loop.time() >= deadline:
                return False
            await asyncio.sleep(POLL_S)

    async def _search(self, wallets: set[str], count: int) -> Mapping[str, Sequence[Clue]]:
        """Transfers to and from some wallets, in the last blocks, that were never read."""
        found: list[tuple[int, TokenTransfer]] = []
        first, last = await self._last_blocks(count) if wallets else (1, 0)
        while first <= last:
            blocks = await self.source.read_final_blocks(first, min(SEARCH_BATCH, last - first + 1))
            if not blocks:
                break
            first = blocks[-1].header.number + 1
            found += [
                (block.header.number, one)
                for block in blocks
                for one in block.transfers
                if one.contract == self.source.token and {one.sender, one.receiver} & wallets
            ]
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.KNOWN, [one.txid for _, one in found])
        known = {(row["txid"], row["log_index"]) for row in rows}
        clues: defaultdict[str, list[Clue]] = defaultdict(list)
        for number, one in found:
            if (one.txid, one.log_index) in known:
                continue
            for address in {one.sender, one.receiver} & wallets:
                way = "came in" if one.receiver == address else "left"
                why = f"{usdt_text(one.amount)} USDT {way} in block {number}, and was never read"
                clues[address].append(Clue(one.txid, "UNREAD", why))
        return clues

    async def _last_blocks(self, count: int) -> tuple[int, int]:
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.CURSOR, self.source.genesis_id)
        last = 0 if row is None else row["block_number"]
        return max(1, last - count + 1), last


async def _explain(
    connection: Any, look: Look, missed: Mapping[str, Sequence[Clue]]
) -> Sequence[Difference]:
    """Say for each wallet that differs what could be behind it."""
    addresses = sorted(look.differing)
    if not addresses:
        return ()
    made = {
        row["address"]: row["created_at"]
        for row in await connection.fetch(queries.WALLETS_MADE, addresses)
    }
    clues: defaultdict[str, list[Clue]] = defaultdict(list)
    for row in await connection.fetch(queries.CLUES, addresses, CLUES):
        clues[row["address"]].append(Clue(row["txid"], row["status"], row["why"]))
    return [
        Difference(
            address=one,
            on_chain=look.balances[one],
            expected=look.expected[one],
            why=(
                "The chain has more than was read: something came in before the wallet was "
                f"made ({made[one]:%Y-%m-%d %H:%M:%S} UTC), or a transfer was missed."
                if look.balances[one] > look.expected[one]
                else "The chain has less than was read: something left, and was missed."
            ),
            clues=[*missed.get(one, ()), *clues[one]],
        )
        for one in addresses
    ]


async def _clues(connection: Any, question: str) -> Sequence[Clue]:
    return [Clue(**dict(row)) for row in await connection.fetch(question, CLUES)]
