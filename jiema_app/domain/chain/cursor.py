"""How far the chain was read: one row, moved by whoever reads."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from jiema_app.domain.chain import queries
from jiema_app.domain.chain.port import BlockHeader
from jiema_app.domain.transaction import Database


class ChainHalted(Exception):
    """The chain contradicts what was read before. Nothing is read until somebody looks."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last block that was read."""

    number: int
    block_id: str
    time: datetime


@dataclass(frozen=True, slots=True)
class CursorStore:
    """The row of one chain.

    Attributes:
        genesis_id: Id of its block 0.
    """

    database: Database
    genesis_id: str

    async def load(self) -> tuple[Cursor, str | None] | None:
        """The cursor, and why reading was halted; None on an empty database."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.CURSOR, self.genesis_id)
        if row is None:
            return None
        cursor = Cursor(row["block_number"], row["block_id"], row["block_time"])
        return cursor, row["halted_because"]

    async def begin(self, first: BlockHeader) -> None:
        """Begin after a block, unless another reader has begun."""
        async with self.database.connection() as connection:
            await connection.execute(
                queries.BEGIN, self.genesis_id, first.number, first.id, first.time
            )

    async def read_agreed_number(self) -> int | None:
        """Number of the last block that two nodes told alike; None while there was none."""
        async with self.database.connection() as connection:
            found: int | None = await connection.fetchval(queries.AGREED, self.genesis_id)
        return found

    async def go_back(self, cursor: Cursor, header: BlockHeader) -> None:
        """Have what follows on a block read again, unless the cursor was moved meanwhile."""
        async with self.database.connection() as connection:
            await connection.execute(
                queries.GO_BACK, self.genesis_id, cursor.number, cursor.block_id,
                header.number, header.id, header.time,
            )  # fmt: skip

    async def halt(self, reason: str) -> NoReturn:
        """Have nothing read until a person has looked.

        Raises:
            ChainHalted: Always.
        """
        async with self.database.connection() as connection:
            await connection.execute(queries.HALT, self.genesis_id, reason)
        raise ChainHalted(reason)

    async def resume(self) -> bool:
        """End a halt; returns whether there was one."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.RESUME, self.genesis_id)
        return row is not None
