"""Reading the chain, final block by final block, without ever skipping one.

The transfers of a block and the cursor that says it was read are stored in one transaction,
so a reader that dies loses nothing and a second reader does nothing twice. Only final blocks
are read: nothing that is stored here is ever taken back.
"""

import asyncio
import time
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import structlog

from jiema_app.domain import ids
from jiema_app.domain.chain import queries
from jiema_app.domain.chain.agreement import Agreement
from jiema_app.domain.chain.block_polling import BLOCK_S, BlockPolling
from jiema_app.domain.chain.cursor import ChainHalted, Cursor, CursorStore
from jiema_app.domain.chain.judge import Judge, PaymentsNotJudged
from jiema_app.domain.chain.port import (
    BlockHeader,
    ChainError,
    ChainIncomplete,
    ChainSource,
    FinalBlock,
    TokenTransfer,
    WrongChain,
)
from jiema_app.domain.chain.stepping_back import SteppingBack
from jiema_app.domain.clock import Clock
from jiema_app.domain.transaction import Connection, Database

log = structlog.get_logger()

RUN_S: Final = 3.0
"""One run of the job, so that its lease is renewed."""

BEHIND: Final = timedelta(seconds=120)
"""A block so old is part of a backlog, which is read in batches."""

EARLIER: Final = 20
"""Reading begins so many blocks before the youngest one where that is final to one node only."""

FIRST_AGE_MAX: Final = timedelta(hours=1)
"""Where two nodes are read, reading begins at no block that is older, unless it is named."""

BATCH: Final = 100


@dataclass(slots=True)
class ChainScanner:
    """Reads final blocks, and has their payments judged.

    Attributes:
        start_block: Where to begin on an empty database; None is the youngest final block.
    """

    database: Database
    clock: Clock
    source: ChainSource
    judging: Judge
    start_block: int | None = None
    _is_checked: bool = False
    _polling: BlockPolling = field(default_factory=BlockPolling)
    _batch: int = BATCH
    _wallets: set[str] = field(default_factory=set)
    _last_wallet: int = 0
    _nudged: asyncio.Event = field(default_factory=asyncio.Event)
    _nudged_at: float = float("-inf")
    _not_judged: Exception | None = None
    _cursors: CursorStore = field(init=False)
    _agreement: Agreement = field(init=False)
    _back: SteppingBack = field(init=False)

    def __post_init__(self) -> None:
        self._cursors = CursorStore(self.database, self.source.genesis_id)
        self._agreement = Agreement(self.source)
        floor = max((self.start_block or 1) - 1, 0)
        self._back = SteppingBack(self.source, self._agreement, self._cursors, floor)

    def nudge(self) -> bool:
        """Have the next block looked for at once.

        Returns:
            False when that was done for somebody while a block is made: however many say that
            they have paid, the node is asked no more often than there are blocks.
        """
        now = time.monotonic()
        if now - self._nudged_at < BLOCK_S:
            return False
        self._nudged_at = now
        self._nudged.set()
        return True

    async def run(self, *, seconds: float = RUN_S) -> datetime | None:
        """Read what is final, as it becomes final, for some seconds.

        Returns:
            The time of the last block that was read.

        Raises:
            ChainError: Nothing was learned; nothing was skipped.
            ChainHalted: The chain contradicts what was read before.
            PaymentsNotJudged: Some payments wait. What is final was read all the same.
        """
        await self._judge()
        await self._ensure_right_chain()
        cursor = await self._load()
        loop = asyncio.get_running_loop()
        # From here on: however slow all that was, every run reads on.
        deadline = loop.time() + seconds
        while (now := loop.time()) < deadline:
            if now < self._polling.next_at:
                await self._rest(min(self._polling.next_at, deadline) - now)
                continue
            found = await self.step(cursor)
            if found is None:
                self._polling.note_miss(loop.time())
                continue
            self._polling.note_found(now, self.clock.now() - found.time)
            cursor = found
        if self._not_judged is not None:
            raise self._not_judged
        return cursor.time

    async def step(self, cursor: Cursor) -> Cursor | None:
        """Read the block after the cursor, or a batch of them when it is far behind.

        Returns:
            The new cursor; None when there is nothing yet.
        """
        blocks: Sequence[FinalBlock]
        if self._polling.is_behind or self.clock.now() - cursor.time > BEHIND:
            blocks = await self._read_batch(cursor.number + 1)
        else:
            block = await self.source.read_final_block(cursor.number + 1)
            blocks = () if block is None else (block,)
        if not blocks:
            await self._back.ensure_reached(cursor)
            return None
        await self._ensure_continues(cursor, blocks)
        moved = await self._store(cursor, blocks)
        if moved is None or moved.number < blocks[-1].header.number:
            # What waits for the other node is asked for again and again: not all that follows.
            self._batch = 1
        await self._judge()
        return moved

    async def _judge(self) -> None:
        """Judge what was read. A payment that nobody can judge shall not keep others unread."""
        try:
            await self.judging.run()
        except PaymentsNotJudged as trouble:
            self._not_judged = trouble
        else:
            self._not_judged = None

    async def _read_batch(self, first: int) -> Sequence[FinalBlock]:
        """Read a part of a backlog: the smaller the less reliable the node is.

        A batch is read whole or not at all, so with one answer in ten lost a large one would
        hardly ever come.
        """
        try:
            blocks = await self.source.read_final_blocks(first, self._batch)
        except ChainError:
            self._batch = max(1, self._batch // 4)
            raise
        self._batch = min(BATCH, self._batch * 2)
        return blocks

    async def resume(self) -> bool:
        """Read on after a halt, because a person has looked.

        Where no node has the last block that is from before it, whatever was paid there.

        Returns:
            Whether it was halted.
        """
        found = await self._cursors.load()
        if found is None or found[1] is None:
            return False
        with suppress(ChainError):
            if await self._agreement.is_none(found[0].number, found[0].block_id):
                await self._back.go_back(found[0])
        return await self._cursors.resume()

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._nudged.wait(), max(0.0, seconds))
        except TimeoutError:
            return
        self._nudged.clear()
        self._polling.hurry()

    async def _ensure_right_chain(self) -> None:
        """Once for each process: the settings and the nodes speak of one chain."""
        if self._is_checked:
            return
        try:
            await self.source.ensure_right_chain()
        except WrongChain:
            # Said, and said again, without asking the node all the time.
            await asyncio.sleep(RUN_S)
            raise
        self._is_checked = True

    async def _load(self) -> Cursor:
        """The cursor, or a first one.

        Raises:
            ChainHalted: Reading was stopped.
        """
        found = await self._cursors.load()
        if found is None:
            first = await self._first_header()
            await self._cursors.begin(first)
            log.info("reading the chain begins", block=first.number)
            found = await self._cursors.load()
            assert found is not None
        cursor, halted_because = found
        if halted_because is not None:
            raise ChainHalted(halted_because)
        return cursor

    async def _first_header(self) -> BlockHeader:
        if self.start_block is None:
            head = await self.source.read_final_head()
            told = await self.source.read_again(head.number)
            if not all(one is not None and one.header == head for one in told):
                # After a number that one node invented nothing would ever be read.
                head = await self._agreement.told_by_both(max(0, head.number - EARLIER))
            if self.source.has_two_nodes and self.clock.now() - head.time > FIRST_AGE_MAX:
                # A true block of years ago, as if it was the last: reading it all takes months.
                raise ChainIncomplete(f"block {head.number} is too old to be the youngest")
            return head
        before = await self.source.read_final_block(self.start_block - 1)
        if before is None:
            raise ChainIncomplete(f"block {self.start_block - 1} is not final yet")
        return before.header

    async def _ensure_continues(self, cursor: Cursor, blocks: Sequence[FinalBlock]) -> None:
        """Each block names the one before it as its parent.

        Raises:
            ChainHalted: The first one does not follow the block we read last.
            ChainIncomplete: They do not follow each other, or another node has another block.
        """
        number, parent = cursor.number, cursor.block_id
        for block in blocks:
            header = block.header
            if header.number <= self._back.doubted:
                await self._agreement.ensure_undisputed(header)
            if header.number != number + 1:
                raise ChainIncomplete(f"asked for block {number + 1}, got {header.number}")
            if header.parent_id != parent:
                if header.number > cursor.number + 1:
                    raise ChainIncomplete(f"block {header.number} does not follow {number}")
                # One node that lies, or follows a fork, shall not stop everything for good.
                is_true = await self._agreement.ensure_undisputed(header)
                if is_true is None and self.source.has_two_nodes:
                    # Who invents a block that the other has not yet is contradicted by nobody.
                    raise ChainIncomplete(
                        f"block {header.number} does not follow {number} as it was read, "
                        "and one of two nodes does not say now which of them is true"
                    )
                if is_true:
                    await self._back.leave(cursor)
                await self._cursors.halt(
                    f"block {header.number} names {header.parent_id} as its parent, "
                    f"and block {cursor.number} was read as {cursor.block_id}"
                )
            number, parent = header.number, header.id

    async def _store(self, cursor: Cursor, blocks: Sequence[FinalBlock]) -> Cursor | None:
        """Store what touches a wallet, and the cursor.

        Returns:
            The new cursor; None when another reader was quicker, or when the first of them
            is final to one node only.
        """
        async with self.database.connection() as connection:
            ours = await self._learn_wallets(connection)
        blocks = await self._agreement.agreed(blocks, lambda transfer: _touches(transfer, ours))
        agreed = self._agreement.told_alike
        if not blocks:
            return None
        last = blocks[-1].header
        async with self.database.transaction() as connection:
            advanced = await connection.fetchval(
                queries.ADVANCE,
                self.source.genesis_id,
                cursor.number,
                last.number,
                last.id,
                last.time,
                agreed,
            )
            if advanced is None:
                log.info("another reader was quicker", block=cursor.number + 1)
                return None
            # Once more: a wallet that was made a moment ago counts.
            ours = await self._learn_wallets(connection)
            columns = _columns(blocks, ours)
            if columns[0]:
                await connection.execute(queries.STORE, self.source.token, *columns)
        return Cursor(last.number, last.id, last.time)

    async def _learn_wallets(self, connection: Connection) -> AbstractSet[str]:
        """Every address of ours. Kept, for most transfers of the chain are not ours."""
        for row in await connection.fetch(queries.WALLETS_AFTER, self._last_wallet):
            self._wallets.add(row["address"])
            self._last_wallet = row["id"]
        for row in await connection.fetch(queries.HOUSE_WALLETS):
            self._wallets.add(row["address"])
        return self._wallets


def _touches(transfer: TokenTransfer, ours: AbstractSet[str]) -> bool:
    return transfer.receiver in ours or transfer.sender in ours


def _columns(blocks: Sequence[FinalBlock], ours: AbstractSet[str]) -> tuple[list[object], ...]:
    """The transfers of some blocks that touch a wallet, one list a column."""
    rows = [
        (
            ids.new_id(),
            transfer.txid,
            transfer.log_index,
            block.header.number,
            position,
            block.header.id,
            block.header.time,
            transfer.contract,
            transfer.sender,
            transfer.receiver,
            Decimal(transfer.amount),
        )
        for block in blocks
        for position, transfer in enumerate(block.transfers)
        if _touches(transfer, ours)
    ]
    return tuple(map(list, zip(*rows, strict=True))) if rows else ([],)
