"""The product in real processes: webs, workers, sandbox, Redis, a database of its own.

    with live_stack(cluster, webs=2, redis=True) as live:
        ann = await live.customer()
        async with live.client(ann) as api:
            await api.get("/api/v1/account")
        live.webs[0].kill()

Each process is a ``Program`` (``start``, ``stop``, ``kill``, ``restart``, ``send``), its
output in ``program.output``. Nothing survives the block, nor the death of the tests.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx

from jiema_app.domain import ids
from jiema_app.domain.api_keys.service import ApiKeyService
from jiema_app.domain.identity.service import IdentityService
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.ledger.verification import Verification, verify
from jiema_app.domain.orders.requests import Buyer
from jiema_app.domain.referrals.attribution import Invitation, Referrer, bind
from jiema_app.domain.referrals.statuses import ReferralSource
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.domain.units import Cents, micro
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.processes.serve import granian_command
from jiema_app.settings import SANDBOX_WEBHOOK_PATH, get_settings
from tests.support.cluster import Cluster
from tests.support.polling import PATIENCE_S
from tests.support.ports import free_port
from tests.support.processes import Program, answers, listens
from tests.support.shop import Customer, Supplier

API_ALONE = "api_routes.app:create_api"
PATIENT_API = "tests.support.patient_api:create_api"
"""The same, for tests whose outcome must not depend on how fast the machine is."""

BUILT_LOCALES = {"JIEMA_LOCALES": ",".join(get_settings().locales)}
"""Those that were built."""

WHOLE_SITE = "jiema_app.asgi:create"
"""Needs the built pages."""

CLEAR = "update referrals set status = 'ACTIVE', judge_at = null where user_id = $1"

WORKER = "backend_jobs"
PATIENT_WORKER = "tests.support.patient_worker"

OURS = ("PYTEST_", "COV_", "DATABASE_", "REDIS_", "JIEMA_", "SUPPLIER_", "LIMIT_", "ORDER_",
        "SESSION_", "GOOGLE_", "TELEGRAM_",
        "GEO_", "SANDBOX_", "TRON_", "RECHARGE_", "PAYOUT_", "SIGNER_")  # fmt: skip
"""What the tests' own environment must not decide."""


@dataclass
class LiveStack:
    """A running copy of the product."""

    database_address: str
    folder: Path
    settings: Mapping[str, str]
    sandbox_port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=free_port)
    web_ports: list[int] = field(default_factory=list)
    webs: list[Program] = field(default_factory=list)
    workers: list[Program] = field(default_factory=list)
    sandbox: Program = field(init=False)
    redis: Program | None = None
    processes_address: str = ""
    """How its processes reach the database, when it is another way than that of the tests."""

    @property
    def origins(self) -> list[str]:
        """Where the web processes listen."""
        return [f"http://127.0.0.1:{port}" for port in self.web_ports]

    @property
    def origin(self) -> str:
        """Where the first web process listens."""
        return self.origins[0]

    @property
    def sandbox_origin(self) -> str:
        """Where the sandbox listens."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def webhook_url(self) -> str:
        """Where the sandbox announces SMS."""
        return f"{self.origin}/webhooks/supplier/{SANDBOX_WEBHOOK_PATH}"

    @property
    def programs(self) -> list[Program]:
        """Every process, in the order in which to start them."""
        first = [self.redis] if self.redis else []
        return [*first, self.sandbox, *self.webs, *self.workers]

    def environment(self, **more: str) -> dict[str, str]:
        """What a process of this stack, or a command about it, must be given."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        redis = {"REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0"} if self.redis else {}
        return {
            **inherited,
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": self.processes_address or self.database_address,
            "DATABASE_POOL_SIZE": "6",
            "SANDBOX_PORT": str(self.sandbox_port),
            "SANDBOX_ROUTE_QUALITY": "0",
            # All tests come from one address.
            "LIMIT_PAGE_OPENINGS_PER_MINUTE": "100000",
            "LIMIT_PAGE_EVENTS_PER_MINUTE": "100000",
            **({"SANDBOX_WEBHOOK_URL": self.webhook_url} if self.web_ports else {}),
            "JIEMA_DATA_DIR": str(self.folder),
            **redis,
            **self.settings,
            **more,
        }

    def start(self) -> None:
        """Start every process together, and wait until orders can be taken."""
        for program in self.programs:
            program.launch()
        for program in self.programs:
            program.await_ready()

    def stop(self) -> None:
        """Stop every process."""
        for program in reversed(self.programs):
            program.stop()

    def client(
        self, customer: Customer | None = None, *, web: int = 0, timeout_s: float = PATIENCE_S
    ) -> httpx.AsyncClient:
        """A client of one web process, with a customer's key."""
        return httpx.AsyncClient(
            base_url=self.origins[web],
            headers=customer.headers if customer else {},
            timeout=timeout_s,
            trust_env=False,
        )

    @asynccontextmanager
    async def supplier(self) -> AsyncIterator[Supplier]:
        """The sandbox's levers."""
        async with httpx.AsyncClient(
            base_url=self.sandbox_origin, timeout=PATIENCE_S, trust_env=False
        ) as http:
            yield Supplier(http)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[PooledDatabase]:
        """The stack's database, for raw looks and for services of one's own."""
        pool = await open_pool(self.database_address, name="test", size=2, statement_timeout_s=30)
        try:
            yield PooledDatabase(pool)
        finally:
            await pool.close()

    async def customer(self, *, cents: int = 5_000, referrer: Customer | None = None) -> Customer:
        """A new user with a balance and a key.

        Args:
            cents: Their balance.
            referrer: Whose link they came by; the rules have found nothing against that.
        """
        async with self.database() as database:
            async with database.transaction() as connection:
                invited_by = None if referrer is None else referrer.id
                user = await IdentityService(database).create(connection, referrer=invited_by)
                if referrer is not None:
                    invitation = Invitation("", ReferralSource.SANDBOX)
                    await bind(connection, user, Referrer(referrer.id, invitation))
                    await connection.execute(CLEAR, user)
                if cents:
                    await ledger.credit(
                        connection,
                        user,
                        micro(Cents(cents)),
                        kind=TransferKind.SANDBOX_CREDIT,
                        reference=ids.new_id(),
                    )
            keys = ApiKeyService(database, active_max=10)
            key = await keys.create(user, "test")
            principal = await keys.authenticate(key.token)
            assert principal is not None
            return Customer(Buyer(user, principal.account_id), key.token)

    async def pay(self, address: str, usdt: str) -> None:
        """Send USDT to an address on the sandbox's chain, and make it final."""
        origin = self.sandbox_origin
        async with httpx.AsyncClient(
            base_url=origin, timeout=PATIENCE_S, trust_env=False
        ) as control:
            for action, body in (
                ("transfer", {"to": address, "amount": usdt}),
                ("mine", {"blocks": 4}),
            ):
                answer = await control.post(f"/control/tron/{action}", json=body)
                answer.raise_for_status()

    async def verify(self) -> Verification:
        """Whether the books balance."""
        async with self.database() as database:
            return await verify(database)


def _web(stack: LiveStack, number: int, application: str) -> Program:
    port = stack.web_ports[number]
    # As it runs in earnest, but for how long it is waited for.
    ending = ("--workers-kill-timeout", "5")
    command = granian_command("127.0.0.1", port, 1, *ending, "--factory", application)
    return Program(
        f"web {number}",
        command,
        stack.environment(PORT=str(port)),
        stack.folder / f"web-{number}.log",
        partial(answers, f"http://127.0.0.1:{port}/healthz"),
    )


def worker_program(stack: LiveStack, number: int, module: str = WORKER, **settings: str) -> Program:
    """A worker of a stack, with settings of its own."""
    # A worker has no address of its own: what it does is seen from a web process.
    ready = partial(answers, f"{stack.origin}/readyz") if stack.web_ports else lambda: True
    # Where it tells the sandbox to push what people write to the bot.
    if stack.web_ports:
        settings = {"PORT": str(stack.web_ports[0]), **settings}
    return Program(
        f"worker {number}",
        [sys.executable, "-m", module],
        stack.environment(**settings),
        stack.folder / f"worker-{number}.log",
        ready,
    )


def _sandbox(stack: LiveStack) -> Program:
    return Program(
        "sandbox",
        [sys.executable, "-m", "sandbox"],
        stack.environment(),
        stack.folder / "sandbox.log",
        partial(answers, f"{stack.sandbox_origin}/control/state"),
    )


def sandbox_program(port: int, folder: Path) -> Program:
    """A sandbox alone, for tests that ask it over sockets."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return Program(
        "sandbox",
        [sys.executable, "-m", "sandbox"],
        {
            **inherited,
            "SANDBOX_PORT": str(port),
            "SANDBOX_ROUTE_QUALITY": "0",
            "JIEMA_DATA_DIR": str(folder),
        },
        folder / "sandbox.log",
        partial(answers, f"http://127.0.0.1:{port}/control/state"),
    )


def redis_program(port: int, folder: Path) -> Program:
    """A Redis server that keeps nothing on disk."""
    return Program(
        "redis",
        [
            *("redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""),
            *("--appendonly", "no", "--dir", str(folder)),
        ],
        dict(os.environ),
        folder / "redis.log",
        partial(listens, port),
    )


@contextmanager
def live_stack(
    cluster: Cluster,
    *,
    webs: int = 1,
    workers: int = 1,
    redis: bool = False,
    application: str = API_ALONE,
    worker: str = WORKER,
    settings: Mapping[str, str] | None = None,
    way: Callable[[str], AbstractContextManager[str]] = nullcontext,
) -> Iterator[LiveStack]:
    """A running stack on a fresh database with the catalogue and offers in it.

    Not from inside a running event loop. Args:
        cluster: Where its database is made.
        webs: Web processes, each on a port of its own.
        workers: Worker processes.
        redis: Whether they share a Redis server.
        application: ``API_ALONE``, ``PATIENT_API`` or ``WHOLE_SITE``.
        worker: Module of the worker processes; ``PATIENT_WORKER`` takes its time to stop.
        settings: Environment variables of all processes, beside those of the stack.
        way: Makes, of the database's address, the one that the processes are given.
    """
    folder = Path(tempfile.mkdtemp(prefix="jiema-live-"))
    address = asyncio.run(cluster.create())
    closing = ExitStack()
    stack = LiveStack(address, folder, settings or {})
    stack.processes_address = closing.enter_context(way(address))
    stack.web_ports = [free_port() for _ in range(webs)]
    if redis:
        stack.redis = redis_program(stack.redis_port, folder)
    stack.sandbox = _sandbox(stack)
    stack.webs = [_web(stack, number, application) for number in range(webs)]
    stack.workers = [worker_program(stack, number, worker) for number in range(workers)]
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        closing.close()
        asyncio.run(cluster.drop(address))
        shutil.rmtree(folder, ignore_errors=True)
