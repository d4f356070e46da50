"""Reaching the database. Nobody but these two blocks begins or ends a transaction."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

DATABASE_TROUBLES: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    ConnectionError,
    TimeoutError,
)
"""What a restarting or overloaded database looks like: worth a retry, not a bug."""


class Database(Protocol):
    """The database as the services see it."""

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """One connection, each statement its own transaction."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Never await the network inside one: a slow peer must not hold locks.
        """
        ...


class PooledDatabase:
    """A database behind a pool of connections."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """See `Database`."""
        return self.pool.acquire()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """See `Database`."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection
