"""Telling people that their payment is on its way, before it is final. Decides nothing."""

import time
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.chain import queries
from jiema_app.domain.chain.port import ChainSource
from jiema_app.domain.transaction import Database

PAUSE_MAX_S: Final = 60.0
"""After a longer one we begin at the youngest block: a whole backlog would be read for a hint.
Likewise when no younger one came for so long: the last one may have been invented."""

BACKLOG: Final = 100
"""So many blocks at once are a backlog: the last one was no young one, whatever a node said."""


@dataclass(slots=True)
class Sightings:
    """Looks at the youngest blocks while somebody waits."""

    database: Database
    source: ChainSource
    _last: int | None = None
    _looked_at: float = float("-inf")

    async def run(self) -> None:
        """Look once: one request, or none when nobody waits.

        Raises:
            ChainError: Nothing was learned.
        """
        async with self.database.connection() as connection:
            if not await connection.fetchval(queries.ANY_WAITING):
                self._last = None
                return
        now = time.monotonic()
        is_fresh = now - self._looked_at <= PAUSE_MAX_S
        after = self._last if is_fresh else None
        fresh = await self.source.read_fresh_blocks(after)
        if after is None or fresh.head > after:
            self._looked_at = now
        self._last = fresh.head if after is None or fresh.head - after < BACKLOG else None
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
