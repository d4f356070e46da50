"""Reaching the database. Nobody but these two blocks begins or ends a transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.pool.PoolConnectionProxy
    Pool = asyncpg.Pool

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

    def connection(self) -> "_Block":
        """One connection, each statement its own transaction."""
        ...

    def transaction(self) -> "_Block":
        """One transaction: committed when the block ends, rolled back when it raises.

        Never await the network inside one: a slow peer must not hold locks.
        """
        ...


class _Block(Protocol):
    async def __aenter__(self) -> Connection: ...
    async def __aexit__(self, *_: Any) -> bool | None: ...


class PooledDatabase:
    """A database behind a pool of connections."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    def connection(self) -> "_Block":
        return self.pool.acquire()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection
