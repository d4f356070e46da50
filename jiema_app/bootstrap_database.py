"""The database, reached when it is there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from jiema_app.domain.transaction import DATABASE_TROUBLES, Pool, name_of
from jiema_app.integrations.postgres.address import DatabaseNotRunning, current_address
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.settings import Settings

log = structlog.get_logger()

T = TypeVar("T")

CONNECT_PAUSE_S = 0.5

NOT_THERE_YET: tuple[type[Exception], ...] = (*DATABASE_TROUBLES, DatabaseNotRunning)


async def reach_database(settings: Settings, name: str, patience_s: float) -> Pool:
    """Open the pool, trying again while the database is starting or out of reach."""

    async def reach() -> Pool:
        return await open_pool(
            current_address(),
            name=name,
            size=settings.database.pool_size,
            statement_timeout_s=settings.database.statement_timeout_s,
        )

    return await patiently(reach, patience_s)


async def patiently(ask: Callable[[], Awaitable[T]], patience_s: float) -> T:
    """Ask the database, again while it is starting or out of reach.

    Raises:
        DatabaseTrouble: It was for all of ``patience_s``, in seconds.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_s
    while True:
        try:
            return await ask()
        except NOT_THERE_YET as error:
            if loop.time() >= deadline:
                raise
            log.warning("waiting for the database", error=name_of(error))
        await asyncio.sleep(CONNECT_PAUSE_S)
