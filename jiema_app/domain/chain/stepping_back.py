"""Leaving a chain that one node told and none has: back to a block that two have, and on from there.

While one of two nodes is silent the other one's word is taken. When both answer again, and
neither has the block that was read last, what was read from one of them alone is read again.
What is known already is not stored twice.
"""

import time
from dataclasses import dataclass
from typing import Final

import structlog

from jiema_app.domain.chain import queries
from jiema_app.domain.chain.agreement import Agreement
from jiema_app.domain.chain.cursor import Cursor, CursorStore
from jiema_app.domain.chain.port import (
    BlockHeader,
    ChainIncomplete,
    ChainSource,
    TokenTransfer,
)

log = structlog.get_logger()

AGAIN: Final = 400
"""At least so many blocks are read again: twenty minutes."""

AGAIN_MAX: Final = 28_800
"""And a day of them at most, in which one node may have told us anything while the other said
nothing."""

UNREACHED_S: Final = 15.0
"""Five blocks. When none follows for so long, the last one may be one that no node has."""

GONE_S: Final = 600.0
"""A paid block that two nodes have not for so long is none that one of them will have soon."""


@dataclass(slots=True)
class SteppingBack:
    """Decides whether what was read last is to be forgotten, and from where to read again.

    Attributes:
        floor: Number of a block before which nothing is read.
        doubted: Number up to which one node told false blocks: each is asked of both.
    """

    source: ChainSource
    agreement: Agreement
    cursors: CursorStore
    floor: int
    doubted: int = 0
    _unreached: tuple[int, float] | None = None
    _gone: tuple[int, float] | None = None

    async def ensure_reached(self, cursor: Cursor) -> None:
        """When nothing follows for long, see whether the last block is one that a node has.

        Who invents blocks leads us beyond the end of the chain. Until it is as long as we were
        told, nothing would be read, and what it held meanwhile never.

        Raises:
            ChainIncomplete: No node has it.
            ChainHalted: And the last payment is not where it was read.
        """
        now = time.monotonic()
        if self._unreached is None or self._unreached[0] != cursor.number:
            self._unreached = cursor.number, now
        if now - self._unreached[1] < UNREACHED_S:
            return
        self._unreached = cursor.number, now
        if await self.agreement.is_unknown(cursor.number):
            await self.leave(cursor)
            await self.cursors.halt(f"block {cursor.number} was read, and no node has it")

    async def leave(self, cursor: Cursor) -> None:
        """Forget a block that one node told and none has now, and some before it.

        What brings money is read from both nodes, unless one of them was silent: so the last
        payment must be where it was read. Returns otherwise: a person must look.

        Raises:
            ChainIncomplete: What was forgotten is to be read again, or the nodes do not say now
                from where.
        """
        if not await self._is_money_there(cursor):
            return
        header = await self.go_back(cursor)
        raise ChainIncomplete(f"block {cursor.number} was none: read again after {header.number}")

    async def go_back(self, cursor: Cursor) -> BlockHeader:
        """Have some blocks read again, whatever was paid in them.

        Returns:
            The block after which reading goes on.

        Raises:
            ChainIncomplete: The nodes do not say now which that is.
        """
        header = await self.agreement.told_by_both(await self._find_start(cursor.number))
        await self.cursors.go_back(cursor, header)
        self.doubted = cursor.number
        log.error(
            "a block was read that no node has", number=cursor.number, again_after=header.number
        )
        return header

    async def _is_money_there(self, cursor: Cursor) -> bool:
        """Whether the last payment is where it was read, whatever its block was called.

        Raises:
            ChainIncomplete: The nodes do not say, or contradict each other.
        """
        async with self.cursors.database.connection() as connection:
            known = await connection.fetch(queries.LAST_MONEY, cursor.number)
        if not known:
            return True
        number = known[0]["block_number"]
        found = await self.source.read_again(number)
        # A node may keep the last days only; none may tell it otherwise. What lies beyond the end
        # of the chain neither has, nor what is older than both keep: for a person, after a while.
        told = [one for one in found if one is not None]
        if told:
            self._gone = None
        elif len(found) > 1 and self._is_gone(number):
            return False
        if len(found) < 2 or len({one.header for one in told}) != 1:  # noqa: PLR2004 - two nodes
            raise ChainIncomplete(f"two nodes do not tell the same block {number} now")
        wanted = {
            TokenTransfer(
                row["txid"], row["log_index"], row["contract"], row["from_address"],
                row["to_address"], int(row["amount"]),
            )
            for row in known
        }  # fmt: skip
        are_there = {wanted <= set(one.transfers) for one in told}
        if len(are_there) > 1:
            raise ChainIncomplete(f"two nodes do not tell the same of block {number} now")
        return are_there == {True}

    def _is_gone(self, number: int) -> bool:
        """Whether no node has had a paid block for so long that nobody is waited for."""
        now = time.monotonic()
        if self._gone is None or self._gone[0] != number:
            self._gone = number, now
        return now - self._gone[1] >= GONE_S

    async def _find_start(self, number: int) -> int:
        """Where to read again from: well before what was invented, and within the chain."""
        agreed = await self.cursors.read_agreed_number()
        again = AGAIN if agreed is None else min(max(AGAIN, number - agreed), AGAIN_MAX)
        unknown, known = number, max(number - again, self.floor)
        while known > self.floor and await self.agreement.is_unknown(known):
            again *= 2
            unknown, known = known, max(number - again, self.floor)
        if unknown == number:
            return max(known - AGAIN if again > AGAIN else known, self.floor)
        # However far it led us: twice as far back from there could be the beginning of the chain.
        while unknown - known > AGAIN:
            middle = (known + unknown) // 2
            if await self.agreement.is_unknown(middle):
                unknown = middle
            else:
                known = middle
        start = known - AGAIN
        if agreed is not None:
            start = min(start, max(agreed, known - AGAIN_MAX))
        return max(start, self.floor)
