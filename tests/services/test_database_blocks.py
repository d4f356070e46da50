"""The two blocks in which the database is reached: how they end, whatever happens to it."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from jiema_app.bootstrap import build_services
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.transaction import DatabaseTrouble, PooledDatabase
from jiema_app.integrations.postgres.pool import open_pool
from tests.api.asking import problem
from tests.support.freezing import FreezingProxy, freezing
from tests.support.shop import Shop

STATEMENT_S = 1.0
"""The client gives up five seconds later."""
GIVES_UP_S = 30.0
"""Far above what is meant, and far below for ever."""


@pytest.fixture
def frozen(database_address: str) -> Iterator[tuple[str, FreezingProxy]]:
    """A way to the database that can stand still."""
    with freezing(database_address) as opened:
        yield opened


@pytest.fixture
async def database(frozen: tuple[str, FreezingProxy]) -> AsyncIterator[PooledDatabase]:
    """Two connections over that way."""
    pool = await open_pool(frozen[0], name="test", size=2, statement_timeout_s=STATEMENT_S)
    yield PooledDatabase(pool, 1.0)
    pool.terminate()


async def test_what_a_stalled_server_holds_is_let_go_of(
    database: PooledDatabase, frozen: tuple[str, FreezingProxy]
) -> None:
    _, proxy = frozen

    async def in_transaction() -> None:
        async with database.transaction() as connection:
            await connection.fetchval("select 1")
            proxy.freeze()
            await connection.fetchval("select 2")

    async def alone() -> None:
        async with database.connection() as connection:
            await connection.fetchval("select 1")

    async with asyncio.timeout(GIVES_UP_S):
        ended = await asyncio.gather(in_transaction(), alone(), return_exceptions=True)
        assert isinstance(ended[0], DatabaseTrouble)
        # Every later one waits for a connection that nobody can open, and no longer.
        for _ in range(3):
            with pytest.raises(DatabaseTrouble, match="TimeoutError"):
                await alone()
        proxy.thaw()
        while True:
            try:
                await alone()
            except DatabaseTrouble:
                continue
            break
    assert database.pool.get_idle_size() >= 1


async def test_giving_up_on_a_stalled_server_takes_a_moment_and_no_connection(
    database: PooledDatabase, frozen: tuple[str, FreezingProxy]
) -> None:
    _, proxy = frozen
    asked = asyncio.Event()

    async def ask() -> None:
        async with database.transaction() as connection:
            proxy.freeze()
            asked.set()
            await connection.fetchval("select 1")

    asking = [asyncio.create_task(ask()) for _ in range(2)]
    await asked.wait()
    await asyncio.sleep(0.1)
    async with asyncio.timeout(GIVES_UP_S):
        for task in asking:
            task.cancel()
        ended = await asyncio.gather(*asking, return_exceptions=True)
    assert any(isinstance(end, asyncio.CancelledError) for end in ended)
    proxy.thaw()
    async with asyncio.timeout(GIVES_UP_S):
        while True:
            try:
                async with database.transaction() as one, database.transaction() as two:
                    assert await one.fetchval("select 1") == await two.fetchval("select 1")
            except DatabaseTrouble:
                continue
            break


async def test_nobody_waits_for_a_connection_for_ever(shop: Shop, database_address: str) -> None:
    """All connections are taken: an order is refused soon, and nothing of it is there."""
    ann = await shop.customer(cents=5_000)
    pool = await open_pool(database_address, name="test", size=2, statement_timeout_s=20)
    database = PooledDatabase(pool, 0.5)
    services = build_services(shop.settings, database, shop.services.suppliers)
    services.live_catalog.current = shop.services.live_catalog.current
    async with database.connection(), database.connection():
        began = time.monotonic()
        with pytest.raises(DatabaseTrouble, match="TimeoutError"):
            await services.orders.place(ann.buyer, OrderRequest(service="tg", country=7))
        assert time.monotonic() - began < GIVES_UP_S
    assert (await shop.statuses(), await shop.rentals()) == ([], [])
    assert await shop.balance(ann) == 50_000_000
    placed = await services.orders.place(ann.buyer, OrderRequest(service="tg", country=7))
    assert placed.order.phone
    await pool.close()


async def test_a_request_that_finds_no_connection_is_told_to_come_again(
    shop: Shop, database_address: str
) -> None:
    ann = await shop.customer()
    pool = await open_pool(database_address, name="test", size=2, statement_timeout_s=20)
    database = PooledDatabase(pool, 0.2)
    other = build_services(shop.settings, database, shop.services.suppliers)
    other.live_catalog.current = shop.services.live_catalog.current
    kept, shop.services = shop.services, other
    try:
        api = await shop.api()
        async with database.connection(), database.connection():
            wish = {"service": "telegram", "country": "my"}
            answer = await api.post("/api/v1/orders", json=wish, headers=ann.headers)
    finally:
        shop.services = kept
    assert problem(answer) == (500, "INTERNAL")
    assert answer.headers["retry-after"] == "1"
    assert await shop.statuses() == []
    await pool.close()


async def test_what_breaks_a_rule_leaves_a_block_as_it_is(shop: Shop) -> None:
    database = shop.services.database
    for block in (database.connection, database.transaction):
        with pytest.raises(asyncpg.UndefinedTableError):
            async with block() as connection:
                await connection.fetchval("select 1 from nowhere")
        with pytest.raises(ZeroDivisionError):
            async with block():
                raise ZeroDivisionError
        with pytest.raises(asyncpg.DataError):
            async with block() as connection:
                # An argument of ours that the driver cannot encode: a bug, not trouble.
                await connection.fetchval("select $1::int", 2**40)


async def test_a_transaction_that_fails_leaves_nothing_and_its_connection_is_used_again(
    shop: Shop,
) -> None:
    backends: list[int] = []

    async def fail() -> None:
        async with shop.services.database.transaction() as connection:
            await connection.execute("update services set name = 'x'")
            backends.append(await connection.fetchval("select pg_backend_pid()"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await shop.fetchval("select count(*) from services where name = 'x'") == 0
    assert await shop.fetchval("select pg_backend_pid()") == backends[0]


@pytest.mark.parametrize(
    "broken",
    [
        "insert into idle values ('+60123456789 Your code is 482913')",
        "select '+60123456789 Your code is 482913'::int",
        "insert into idle values ('one'), ('one')",
        "select '{\"a\": 482913 +60123456789'::json",
    ],
)
@pytest.mark.parametrize("block", ["connection", "transaction"])
async def test_no_error_tells_what_a_row_holds(shop: Shop, block: str, broken: str) -> None:
    database = shop.services.database
    with pytest.raises(asyncpg.PostgresError) as caught:
        async with getattr(database, block)() as connection:
            await connection.execute(
                "create temp table idle (word text unique check (length(word) < 9)) on commit drop;"
                + broken
            )
    told = "".join(traceback.format_exception(caught.value))
    assert "482913" not in told.replace(broken, "")
    assert "60123456789" not in told.replace(broken, "")
    assert "DETAIL" not in told


async def test_no_error_tells_an_argument_whatever_became_of_it(shop: Shop) -> None:
    async def ask() -> None:
        async with shop.services.database.connection() as connection:
            try:
                await connection.fetchval("select $1::text::int", "+60123456789x")
            except asyncpg.DataError as error:
                raise KeyError("wrapped") from error

    with pytest.raises(KeyError) as caught:
        await ask()
    assert "60123456789" not in str(caught.value.__cause__)


async def test_nor_does_the_server_s_own_log(shop: Shop) -> None:
    assert await shop.fetchval("show log_error_verbosity") == "terse"
    assert await shop.fetchval("show log_parameter_max_length_on_error") == "0"
