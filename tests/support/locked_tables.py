"""A table of a running site that nobody can read for a while."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.live import LiveStack
from tests.support.polling import until_told

WAITING = """select count(*) > 0 from pg_locks where not granted and database =
    (select oid from pg_database where datname = current_database())"""


@asynccontextmanager
async def unreadable(site: LiveStack, table: str) -> AsyncIterator[None]:
    """Whoever reads the table waits until the block ends."""
    async with site.database() as database, database.transaction() as connection:
        await connection.execute(f"lock table {table} in access exclusive mode")
        yield


async def somebody_waits(site: LiveStack) -> None:
    async with site.database() as database, database.connection() as connection:
        await until_told(lambda: connection.fetchval(WAITING))
