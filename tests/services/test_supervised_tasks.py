"""What lives as long as its process: it comes back from everything, and what it does comes back."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from structlog.testing import capture_logs

from api_routes import credentials as credentials_module
from api_routes.credentials import Credentials
from jiema_app.bootstrap import Services, build_services
from jiema_app.domain.catalog import live
from jiema_app.domain.transaction import DatabaseTrouble, PooledDatabase
from jiema_app.domain.units import CountryId, ServiceCode
from jiema_app.integrations.postgres import notifications as notifications_module
from jiema_app.integrations.postgres.notifications import Notifications
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.supervised_tasks import RESTARTS, SupervisedTasks
from tests.support.faults import Fault, FaultyDatabase, faulty_connect
from tests.support.polling import PATIENCE_S, until
from tests.support.shop import Customer, Shop

ERRORS = (
    OSError(113, "No route to host"),
    ConnectionResetError(104, "reset"),
    socket.gaierror(-3, "Temporary failure in name resolution"),
    TimeoutError(),
    asyncio.CancelledError(),
    asyncpg.InvalidPasswordError("refused"),
    asyncpg.ReadOnlySQLTransactionError("a standby"),
    asyncpg.InvalidCatalogNameError("gone"),
    asyncpg.TooManyConnectionsError("too many"),
    asyncpg.CannotConnectNowError("starting up"),
    asyncpg.UndefinedTableError("dropped"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InternalClientError("unexpected"),
    RuntimeError("a bug"),
)
AWAITS_MAX = 40
"""Far more than any of them has."""


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SETTLE_S", 0.001)
    monkeypatch.setattr(credentials_module, "TOUCH_S", 0.01)
    monkeypatch.setattr(notifications_module, "PULSE_S", 0.02)


@dataclass
class Process:
    """What follows the database in one process, on a database and a listener that may fail."""

    shop: Shop
    services: Services
    credentials: Credentials
    notifications: Notifications
    tasks: SupervisedTasks
    heard: list[str]
    ann: Customer

    async def tell_price(self) -> None:
        """A price changes, and this process sells at the new one."""
        count = secrets.randbelow(1_000_000) + 1
        await self.shop.execute(
            "update offers set count = $1 where service_code = 'tg' and country_id = 7", count
        )
        await self.shop.execute("select pg_notify('catalog_changed', '')")
        sells = self.services.live_catalog
        pair = ServiceCode("tg"), CountryId(7)
        await until(lambda: [one.stock for one in sells.current.list_quotes(*pair)] == [count])

    async def tell_order(self) -> None:
        """An order changes, and this process hears of it."""
        order = secrets.token_hex(8)
        await self._announce("order_changed", order, lambda: order in self.heard)

    async def tell_ban(self) -> None:
        """A user is banned, and this process forgets their key."""
        self.credentials.forget("")
        assert await self.credentials.find_principal(self.ann.token)
        await self._announce(
            "credentials_changed",
            self.ann.id,
            lambda: self.credentials.recall(self.ann.token) is None,
        )

    async def _announce(self, channel: str, payload: str, is_heard: Callable[[], bool]) -> None:
        """Again until it is heard: a connection that was just ended looks alive for a moment."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_heard():
                if self.notifications.is_connected:
                    await self.shop.execute("select pg_notify($1, $2)", channel, payload)
                await asyncio.sleep(0.02)


@asynccontextmanager
async def running(
    shop: Shop, address: str, database: Any, listener: Fault
) -> AsyncIterator[Process]:
    """A process that follows the database."""
    services = build_services(shop.settings, database, shop.services.suppliers)
    credentials, heard = Credentials(services.api_keys), list[str]()
    notifications = Notifications(
        address,
        {
            "order_changed": heard.append,
            "catalog_changed": services.live_catalog.hear,
            "credentials_changed": credentials.forget,
        },
        services.live_catalog.announce_change,
        faulty_connect(listener),
    )
    # One offer, so that the catalogue is read in no time; and nobody reads what is logged.
    await shop.execute("delete from offers where service_code <> 'tg' or country_id <> 7")
    with capture_logs():
        async with SupervisedTasks(first_pause_s=0.002, longest_pause_s=0.02) as tasks:
            tasks.start("notifications", notifications.follow)
            tasks.start("catalogue", services.live_catalog.follow)
            tasks.start("key-uses", credentials.note_uses)
            ann = await shop.customer()
            yield Process(shop, services, credentials, notifications, tasks, heard, ann)


async def strike_at_every_await(fault: Fault, deed: Callable[[], Awaitable[None]]) -> int:
    """Have each error happen at each await of a deed, which is done all the same.

    Returns:
        How many awaits there are.
    """
    for number in range(1, AWAITS_MAX):
        for error in ERRORS:
            fault.arm(error, number)
            await deed()
            if not fault.has_struck:
                fault.disarm()
                return number - 1
    raise AssertionError("there is no end to it")


async def test_a_fault_at_any_await_of_the_catalogue_freezes_no_price(
    shop: Shop, database_address: str
) -> None:
    fault = Fault()
    database = FaultyDatabase(shop.services.database, fault)
    async with running(shop, database_address, database, Fault()) as process:
        await process.tell_price()
        assert await strike_at_every_await(fault, process.tell_price) >= 4
        assert process.tasks.states["catalogue"].restarts >= 4 * len(ERRORS)
        assert not process.services.live_catalog.behind_s


async def test_a_fault_at_any_await_loses_no_use_of_a_key(
    shop: Shop, database_address: str
) -> None:
    fault = Fault()
    database = FaultyDatabase(shop.services.database, fault)
    async with running(shop, database_address, database, Fault()) as process:

        async def use() -> None:
            await shop.execute("update api_keys set last_used_at = null")
            key = await shop.fetchval("select id from api_keys")
            process.credentials._used.add(key)
            await shop.wait_until("select last_used_at is not null from api_keys")

        assert await strike_at_every_await(fault, use) == 2


async def test_a_fault_at_any_await_of_the_listener_ends_no_news(
    shop: Shop, database_address: str
) -> None:
    fault = Fault()
    async with running(shop, database_address, shop.services.database, fault) as process:
        await process.tell_order()
        # Connecting, three channels, and two probes of the connection.
        for number in range(1, 7):
            for error in ERRORS:
                fault.arm(error, number)
                await shop.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where application_name = 'jiema-listener' and datname = current_database()"
                )
                await until(lambda: fault.has_struck)
                await process.tell_order()
        await process.tell_ban()
        await process.tell_price()
        assert process.tasks.states["notifications"].restarts >= 6 * len(ERRORS)


@pytest.fixture
async def guest(shop: Shop, database_address: str) -> AsyncIterator[tuple[str, str, str]]:
    """A role without rights beyond its own, the database's name, and the address for the role."""
    role = f"guest_{secrets.token_hex(4)}"
    parts = urlsplit(database_address)
    await shop.execute(f'create role "{role}" login')
    await shop.execute(f'grant all on all tables in schema public to "{role}"')
    address = urlunsplit((parts.scheme, f"{role}@", parts.path, parts.query, ""))
    yield role, parts.path.lstrip("/"), address
    await shop.execute(f'alter role "{role}" nologin')
    await shop.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", role
    )
    await shop.execute(f'drop owned by "{role}"')
    await shop.execute(f'drop role "{role}"')


CONDITIONS = {
    "refused": ('alter role "{role}" nologin', 'alter role "{role}" login'),
    "crowded": (
        'alter role "{role}" connection limit 0',
        'alter role "{role}" connection limit -1',
    ),
    "read-only": (
        'alter role "{role}" set default_transaction_read_only = on',
        'alter role "{role}" reset default_transaction_read_only',
    ),
    "closed": (
        'alter database "{name}" connection limit 0',
        'alter database "{name}" connection limit -1',
    ),
    "dropped": ("alter table api_keys rename to lost", "alter table lost rename to api_keys"),
}


@pytest.mark.parametrize("condition", CONDITIONS)
async def test_a_server_that_refuses_is_followed_again_when_it_does_not(
    shop: Shop, guest: tuple[str, str, str], condition: str
) -> None:
    role, name, address = guest
    ill, well = (words.format(role=role, name=name) for words in CONDITIONS[condition])
    pool = await open_pool(address, name="test", size=2, statement_timeout_s=20)
    database = PooledDatabase(pool)
    async with running(shop, address, database, Fault()) as process:
        await process.tell_order()
        await process.tell_price()
        await shop.execute(ill)
        await shop.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", role
        )
        # Keys are used meanwhile: what is written then must not be lost for good either.
        process.credentials._used.add("k" * 25)
        task = "key-uses" if condition in {"read-only", "dropped"} else "notifications"
        before = process.tasks.states[task].restarts
        await until(lambda: process.tasks.states[task].restarts >= before + 3)
        await shop.execute(well)
        await shop.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", role
        )
        await until(lambda: not process.credentials._used)
        await process.tell_order()
        await process.tell_price()
    await pool.close()


async def test_what_ends_again_and_again_is_counted_and_said_once() -> None:
    async def fail() -> None:
        raise DatabaseTrouble("ConnectionRefusedError")

    async def leave() -> None:
        return

    def counted(task: str) -> float:
        return float(RESTARTS.labels(task)._value.get())

    before = counted("fails")
    with capture_logs() as lines:
        async with SupervisedTasks(first_pause_s=0.001, longest_pause_s=0.001) as tasks:
            tasks.start("fails", fail)
            tasks.start("leaves", leave)
            await until(lambda: min(state.restarts for state in tasks.states.values()) > 20)
    said = [(line["task"], line["error"]) for line in lines]
    assert sorted(said) == [("fails", "ConnectionRefusedError"), ("leaves", "Ended")]
    assert counted("fails") - before > 20


async def test_a_stop_ends_them_at_once_and_waits_for_their_end() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.set()

    tasks = SupervisedTasks()
    tasks.start("waits", work)
    await asyncio.sleep(0)
    await tasks.stop()
    assert ended.is_set()
    assert tasks.states["waits"].restarts == 0
