"""Keeping what Telegram tells us before it is answered."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from contextvars import Context
from typing import Final

import asyncpg
import structlog
from prometheus_client import Counter

from jiema_app.domain.telegram import update_queries as queries
from jiema_app.domain.telegram.updates import IncomingUpdate
from jiema_app.domain.transaction import Database

log = structlog.get_logger()

STORED: Final = Counter("jiema_telegram_updates_total", "Updates that came", ["what"])

BACKLOG_MAX: Final = 200
"""Updates of one chat that wait."""

KEPT_HOURS: Final = 48
SWEPT_AT_ONCE: Final = 5_000

GROUP_MAX: Final = 200
"""Updates that one statement stores."""


class UpdateInbox:
    """Where updates are kept until they are handled, and for two days, so that none is twice."""

    def __init__(self, database: Database, group: int | None = None) -> None:
        """Begin with nothing under way.

        Args:
            database: Where they are kept.
            group: The one whose messages are ours to read: all of them are kept, and none of others.
        """
        self._database = database
        self._group = group
        self._waiting: list[tuple[IncomingUpdate, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def keep(self, update: IncomingUpdate) -> None:
        """Store an update, together with those that come at the same moment.

        Each transaction costs a write to the disk, and PostgreSQL lets those that notify somebody
        commit one after the other: two hundred a second would queue.

        Raises:
            DatabaseTrouble: It is not stored.
        """
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((update, stored))
        if self._storing is None:
            # It stores for many: nothing of the one that happens to come first goes with it.
            self._storing = asyncio.create_task(self._store_all(), context=Context())
        await asyncio.shield(stored)

    async def store_all(self, updates: Sequence[IncomingUpdate]) -> None:
        """Store updates, but for those that the database cannot take.

        Raises:
            DatabaseTrouble: Some are not stored.
        """
        with suppress(asyncpg.DataError):
            await self.store(updates)
            return
        for update in updates:
            try:
                await self.store([update])
            except asyncpg.DataError:
                # A character that it cannot store: Telegram would send it again for ever.
                STORED.labels("refused").inc()
                log.warning("an update cannot be stored", update=update.update_id)

    async def store(self, updates: Sequence[IncomingUpdate]) -> int:
        """Store updates, and wake who handles them.

        Returns:
            How many are new.
        """
        async with self._database.connection() as connection:
            new: int = await connection.fetchval(
                queries.STORE,
                [update.update_id for update in updates],
                [update.chat_key for update in updates],
                [update.payload for update in updates],
                BACKLOG_MAX,
                self._group,
            )
        STORED.labels("new").inc(new)
        STORED.labels("known").inc(len(updates) - new)
        return new

    async def _store_all(self) -> None:
        try:
            while self._waiting:
                group = self._waiting[:GROUP_MAX]
                del self._waiting[:GROUP_MAX]
                error = await self._store_group([update for update, _ in group])
                for _, stored in group:
                    if error is None:
                        stored.set_result(None)
                    else:
                        stored.set_exception(error)
                        # Whoever went away is told nothing, and nobody misses that.
                        stored.exception()
        finally:
            self._storing = None

    async def _store_group(self, updates: Sequence[IncomingUpdate]) -> Exception | None:
        try:
            await self.store_all(updates)
        except Exception as error:  # noqa: BLE001 - all who wait are told
            return error
        return None

    async def sweep(self) -> None:
        """Forget updates that were handled two days ago: Telegram repeats none for longer.

        So it does those that came two days ago and were never handled: nobody waits any more.
        """
        while True:
            async with self._database.connection() as connection:
                done = await connection.execute(queries.SWEEP, KEPT_HOURS, SWEPT_AT_ONCE)
            if done != f"DELETE {SWEPT_AT_ONCE}":
                return
