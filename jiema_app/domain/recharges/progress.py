"""How far the chain has been read, and what the pool has left. For whoever looks after both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiema_app.domain.transaction import Database

CURSOR: Final = """
select block_number, block_time, halted_because, now() as asked_at
from chain_cursors where genesis_id = $1
"""

STOCK: Final = """
select count(*) as total,
    count(*) filter (where status = 'FREE') as free,
    count(*) filter (where status = 'LOCKED') as locked,
    count(*) filter (where status = 'COOLDOWN') as cooling,
    count(*) filter (where status = 'QUARANTINED') as quarantined
from wallets
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """The last final block that was read.

    Attributes:
        asked_at: The database's time, to compare with.
        halted_because: Why nothing more is read until a person has looked.
    """

    block_number: int
    block_time: datetime
    halted_because: str | None
    asked_at: datetime

    @property
    def age_s(self) -> float:
        """How old that block is."""
        return (self.asked_at - self.block_time).total_seconds()


@dataclass(frozen=True, slots=True)
class Stock:
    """The pool's wallets by status."""

    total: int
    free: int
    locked: int
    cooling: int
    quarantined: int


async def read_progress(database: Database, genesis_id: str) -> Progress | None:
    """How far a chain was read; None when that has not begun."""
    async with database.connection() as connection:
        row = await connection.fetchrow(CURSOR, genesis_id)
    return None if row is None else Progress(**row)


async def count_stock(database: Database) -> Stock:
    """How many wallets there are."""
    async with database.connection() as connection:
        row = await connection.fetchrow(STOCK)
    assert row is not None
    return Stock(**row)
