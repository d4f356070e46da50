"""Telling people that their payment is on its way, before it is final. Decides nothing."""

from dataclasses import dataclass

from jiema_app.domain.recharges import payment_queries as queries
from jiema_app.domain.recharges.chain import ChainSource
from jiema_app.domain.transaction import Database

BACKLOG_MAX = 90
"""Blocks that may have been missed; after more of them we begin at the youngest one."""


@dataclass(slots=True)
class Sightings:
    """Looks at the youngest blocks while somebody waits."""

    database: Database
    source: ChainSource
    _last: int | None = None

    async def run(self) -> None:
        """Look once: one request, or none when nobody waits.

        Raises:
            ChainError: Nothing was learned.
        """
        async with self.database.connection() as connection:
            if not await connection.fetchval(queries.ANY_WAITING):
                self._last = None
                return
        fresh = await self.source.read_fresh_blocks(self._last)
        self._last = fresh.head
        seen = [one for one in fresh.transfers if one.is_genuine and 0 < one.amount < 2**63]
        async with self.database.connection() as connection:
            await connection.execute(
                queries.SEE,
                self.source.genesis_id,
                fresh.head,
                [one.receiver for one in seen],
                [one.amount for one in seen],
                [one.block_number for one in seen],
            )
