"""Where the payouts' storm takes place: a database, the sandbox in the past, and a nursery."""

import asyncio
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx

from jiema_app.bootstrap_payouts import PayoutServices, build_payout_services
from jiema_app.domain import ids
from jiema_app.domain.identity.service import IdentityService
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind, UserAccount
from jiema_app.domain.transaction import DATABASE_TROUBLES, PooledDatabase
from jiema_app.domain.units import MicroUsdt, UserId
from jiema_app.integrations.postgres import embedded
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.settings import Settings
from sandbox.tron.addresses import base58_address
from sandbox.tron.keys import Key
from tests.chaos.payments_node import NodeLevers
from tests.chaos.payouts_nursery import Nursery
from tests.chaos.payouts_plan import Scale
from tests.support.cluster import Cluster
from tests.support.live import OURS
from tests.support.ports import free_port
from tests.support.processes import Program, answers
from tests.support.shared_clock import SharedClock

T = TypeVar("T")

BEHIND_S: Final = 12 * 3600
"""So far behind all the clocks but ours begin: so much time can be leapt over."""

EXPIRATION_S: Final = 30
"""The shortest that the settings allow."""

EARNED: Final = MicroUsdt(600_000_000)

AGAIN_S: Final = 0.1

SETTINGS: Final = {
    "JIEMA_LOG_FORMAT": "json",
    "TRON_TIMEOUT_S": "1.5",
    "TRON_REQUESTS_PER_SECOND": "0",
    "SIGNER_EXPIRATION_S": str(EXPIRATION_S),
    "SIGNER_REBROADCAST_S": "1",
    "SIGNER_CAP_DAY_USDT": "1000000",
    "SIGNER_CAP_PAYMENTS_PER_HOUR": "10000",
}


@dataclass
class Stage:
    """Everything that a storm is made with.

    Attributes:
        data_dir: Of the database server; None of one that others use too.
        folder: Of the processes.
    """

    data_dir: Path | None
    folder: Path
    address: str
    port: int
    sandbox: Program
    clock: SharedClock
    nursery: Nursery
    http: httpx.AsyncClient
    database: PooledDatabase
    services: PayoutServices
    node: NodeLevers
    funded: int = 0
    """What was given to the hot wallet since it was first compared, in micro-USDT."""
    admins: Sequence[str] = field(default=())

    async def rows(self, statement: str, *arguments: Any) -> Sequence[Any]:
        """Raw SQL; again and again while the database is away."""

        async def ask() -> Sequence[Any]:
            async with self.database.connection() as connection:
                return await connection.fetch(statement, *arguments)

        return await patiently(ask)

    async def earner(self) -> UserId:
        """Somebody who has earned commission."""

        async def make() -> UserId:
            async with self.database.transaction() as connection:
                user = await IdentityService(self.database).create(connection)
                purses = await ledger.open_earning_accounts(connection, user)
                await ledger.post(
                    connection,
                    TransferKind.SANDBOX_COMMISSION,
                    ids.new_id(),
                    source=HouseAccount.ADJUSTMENTS,
                    target=purses[UserAccount.COMMISSION].account,
                    amount=EARNED,
                )
                return user

        return await patiently(make)

    async def hire(self, count: int) -> None:
        """People who may decide."""
        self.admins = [await self.earner() for _ in range(count)]
        await self.rows("update users set role = 'admin' where id = any($1::text[])", self.admins)

    async def leap(self, seconds: float) -> None:
        """Let time pass for the chain and for everybody who goes by it."""
        ahead = self.clock.offset_s + BEHIND_S + seconds
        assert ahead < BEHIND_S, "the storm leaps over more time than there was"
        await self.node.order("behaviour", {"clockSkewSeconds": ahead})
        self.clock.offset_s += seconds
        await self.node.mine()

    async def balance(self, address: str) -> int:
        """What an address holds at the head, in micro-USDT."""
        answer = await self.http.get(f"/control/tron/account/{address}")
        return int(answer.raise_for_status().json()["head"]["usdt"])


async def patiently(act: Callable[[], Awaitable[T]]) -> T:
    """Do something again and again while the database is away."""
    while True:
        try:
            return await act()
        except DATABASE_TROUBLES:
            await asyncio.sleep(AGAIN_S)


def fresh_address() -> str:
    """An address that nobody has used."""
    return base58_address(Key(secrets.token_bytes(32)).address)


@contextmanager
def stage_folder() -> Iterator[Path]:
    """A folder for the processes of one storm."""
    folder = Path(tempfile.mkdtemp(prefix="jiema-payouts-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def open_stage(
    cluster: Cluster, data_dir: Path | None, folder: Path, scale: Scale
) -> AsyncIterator[Stage]:
    """Everything in place: a hot wallet with money, and nobody who reads or signs yet."""
    address, port = await cluster.create(), free_port()
    clock = SharedClock(folder / "clock")
    clock.offset_s = -float(BEHIND_S)
    environment = _environment(address, port, folder, scale)
    sandbox = _sandbox(port, folder, environment)
    nursery = Nursery(environment, folder / "lives.log")
    pool = await open_pool(address, name="chaos", size=8, statement_timeout_s=60)
    database = PooledDatabase(pool)
    origin = f"http://127.0.0.1:{port}"
    try:
        await asyncio.to_thread(sandbox.await_ready)
        async with httpx.AsyncClient(base_url=origin, timeout=60, trust_env=False) as http:
            services = build_payout_services(Settings(), database, clock, None)
            await services.house.keep()
            node = NodeLevers(http)
            stage = Stage(data_dir, folder, address, port, sandbox, clock, nursery, http,
                          database, services, node)  # fmt: skip
            await node.order("mine", {"blocks": 3, "auto": False})
            gift = {"address": "hot", "usdt": "1000000", "trx": "1000000"}
            await node.order("faucet", gift)
            await node.order("mine", {"blocks": 3})
            await stage.hire(3)
            await nursery.open()
            yield stage
    finally:
        await nursery.close()
        sandbox.stop()
        pool.terminate()
        await cluster.drop(address)


def crash_database(stage: Stage) -> None:
    """Crash PostgreSQL and start it again; blocks until it answers."""
    assert stage.data_dir is not None
    embedded.restart_immediate(stage.data_dir)


def _environment(address: str, port: int, folder: Path, scale: Scale) -> Mapping[str, str]:
    foreign = (*OURS, "SIGNER_", "PAYOUT_")
    inherited = {one: value for one, value in os.environ.items() if not one.startswith(foreign)}
    second = {"TRON_SECOND_NODE_URL": f"http://127.0.0.1:{port}/second"}
    return {
        **inherited,
        **SETTINGS,
        **(second if scale.has_two_nodes else {}),
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": address,
        "SANDBOX_PORT": str(port),
        "SANDBOX_BEHIND_S": str(BEHIND_S),
        "SHARED_CLOCK": str(folder / "clock"),
        "JIEMA_DATA_DIR": str(folder),
    }


def _sandbox(port: int, folder: Path, environment: Mapping[str, str]) -> Program:
    program = Program(
        "sandbox",
        [sys.executable, "-m", "tests.support.sandbox_in_the_past"],
        environment,
        folder / "sandbox.log",
        partial(answers, f"http://127.0.0.1:{port}/control/state"),
    )
    program.launch()
    return program
