"""What it costs to find messages that are behind does not depend on how many there are.

Asked of a shop in which everybody has a chat, and each order a message; see
`test_long_histories.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Final

import asyncpg
import pytest

from benchmarks.history import fill
from jiema_app.domain.telegram import following_queries as queries
from tests.support.cluster import Cluster
from tests.support.plans import look

ORDERS: Final = 20_000
OPEN: Final = 2_000
"""Many: with few the database finds them by itself."""
SOME: Final = 500

CHATS: Final = """
insert into telegram_chats (telegram_id, user_id, state, started_at)
select row_number() over (), id, 'OPEN', created_at from users
"""

MESSAGES: Final = """
insert into deliveries (transport, recipient, kind, key, subject_id, priority, state, revision,
    sent_revision, message_id, created_at, settled_at)
select 'telegram', c.telegram_id::text, 'order.live', 'order:' || o.id, o.id, 1, 'SENT',
    o.version * 8 + 7, o.version * 8 + 7, 5, now() - make_interval(mins => row_number() over ()::int),
    now()
from orders o join telegram_chats c on c.user_id = o.user_id
"""


@pytest.fixture(scope="module")
def old_shop(cluster: Cluster) -> Iterator[str]:
    """A database with many orders, each followed by a message that says the newest."""

    async def make() -> str:
        address = await cluster.create()
        await fill(address, ORDERS, lambda _: None, open_orders=OPEN)
        connection = await asyncpg.connect(address)
        try:
            await connection.execute(CHATS)
            await connection.execute(MESSAGES)
            await connection.execute("analyze")
        finally:
            await connection.close()
        return address

    address = asyncio.run(make())
    yield address
    asyncio.run(cluster.drop(address))


@pytest.fixture
async def connection(old_shop: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    opened = await asyncpg.connect(old_shop)
    yield opened
    await opened.close()


async def test_of_what_is_open_the_open_orders_are_read(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    chats = await connection.fetchval("select count(*) from telegram_chats")
    rows, whole = await look(connection, queries.BEHIND, 100)
    assert rows <= chats + 4 * OPEN
    assert not {"orders", "deliveries"} & set(whole)


async def test_of_what_has_ended_the_lately_ended_and_one_step_of_the_others_are_read(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    rows, whole = await look(connection, queries.ENDED_LATELY, 15)
    assert rows <= 4 * OPEN
    assert not {"orders", "deliveries"} & set(whole)
    rows, whole = await look(connection, queries.WALK, datetime(1970, 1, 1, tzinfo=UTC), SOME)
    assert rows <= 2 * SOME + 2
    assert not {"orders", "deliveries"} & set(whole)
