"""Connections of one process."""

import asyncpg
import orjson

from jiema_app.domain.transaction import Pool

CONNECT_TIMEOUT_S = 10


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + orjson.dumps(value),
        decoder=lambda data: orjson.loads(memoryview(data)[1:]),
    )


async def open_pool(address: str, *, name: str, size: int, statement_timeout_s: float) -> Pool:
    """Open a pool.

    Args:
        address: The database's address in libpq's URI form.
        name: How the server's own views name this process.
        size: The most connections it may hold.
        statement_timeout_s: The server cancels a statement that takes longer.
    """
    return await asyncpg.create_pool(
        address,
        min_size=min(2, size),
        max_size=size,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=statement_timeout_s + 5,
        max_inactive_connection_lifetime=300,
        init=_prepare,
        server_settings={
            "application_name": f"jiema-{name}",
            "timezone": "UTC",
            # The queries here are short: compiling them costs more than running them.
            "jit": "off",
            "statement_timeout": str(int(statement_timeout_s * 1000)),
            "idle_in_transaction_session_timeout": "30000",
        },
    )
