"""Connections of one process."""

from typing import Any

import asyncpg
import orjson

from jiema_app.domain.transaction import Pool, sorted_errors

CONNECT_TIMEOUT_S = 10


async def connect(*address: Any, **options: Any) -> "asyncpg.Connection[asyncpg.Record]":
    """Open one connection, with asyncpg's own arguments.

    Raises:
        DatabaseTrouble: It cannot be had now.
    """
    with sorted_errors():
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(*address, **options)
    return connection


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + orjson.dumps(value),
        decoder=lambda data: orjson.loads(memoryview(data)[1:]),
    )


async def _keep_session(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Reset nothing when a connection comes back.

    asyncpg would ask the server to drop session locks, cursors, subscriptions and settings:
    a round trip after each use, half of the cost of a short read. Nobody here leaves any
    behind: settings are set with the connection, and subscriptions have their own one. An
    open transaction is rolled back all the same, by asyncpg and not by this.
    """


async def open_pool(address: str, *, name: str, size: int, statement_timeout_s: float) -> Pool:
    """Open a pool.

    Args:
        address: The database's address in libpq's URI form.
        name: How the server's own views name this process.
        size: The most connections it may hold.
        statement_timeout_s: The server cancels a statement that takes longer.

    Raises:
        DatabaseTrouble: The first connections cannot be had now.
    """
    with sorted_errors():
        return await asyncpg.create_pool(
            address,
            min_size=min(2, size),
            max_size=size,
            timeout=CONNECT_TIMEOUT_S,
            command_timeout=statement_timeout_s + 5,
            max_inactive_connection_lifetime=300,
            connect=connect,
            init=_prepare,
            reset=_keep_session,
            server_settings={
                "application_name": f"jiema-{name}",
                "timezone": "UTC",
                # The queries here are short: compiling them costs more than running them.
                "jit": "off",
                "statement_timeout": str(int(statement_timeout_s * 1000)),
                "idle_in_transaction_session_timeout": "30000",
            },
        )
