"""A whole shop in one test: services on a real database, the sandbox as its supplier."""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI

from api_routes.addresses import ClientAddresses
from api_routes.app import create_api
from api_routes.context import WebContext
from api_routes.credentials import Credentials
from api_routes.payloads import CatalogPayloads
from api_routes.rate_limits import build_rate_limits
from backend_jobs.supplier_sync import sync_supplier
from jiema_app.bootstrap import Services, build_geo_policy, build_services
from jiema_app.domain import ids
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import TransferKind
from jiema_app.domain.ledger.proof import Effort, RunningProof
from jiema_app.domain.ledger.verification import Verification, verify
from jiema_app.domain.orders.requests import Buyer, OrderRequest
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.referrals.attribution import Invitation, Referrer, bind
from jiema_app.domain.referrals.statuses import ReferralSource
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.domain.units import Cents, MicroUsdt, UserId, micro
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.integrations.supplier.registry import build_suppliers
from jiema_app.settings import Settings
from sandbox.app import SandboxApp, create_app
from tests.support.polling import PATIENCE_S, until_told

SUPPLIER = "primary"

MOMENTS: dict[str, tuple[str, ...]] = {
    "orders": (
        "created_at",
        "purchase_unknown_at",
        "expires_at",
        "received_at",
        "first_sms_at",
        "ended_at",
        "purged_at",
    ),
    "order_sms": ("received_at",),
    "supplier_tasks": ("due_at", "done_at", "created_at"),
    "supplier_notices": ("received_at", "due_at", "done_at"),
    "unclaimed_activations": ("first_seen_at", "resolved_at"),
    "outbox_events": ("created_at", "published_at"),
    "web_sessions": (
        "created_at",
        "last_seen_at",
        "expires_at",
        "absolute_expires_at",
        "revoked_at",
    ),
    "login_links": ("expires_at", "used_at"),
    "used_sign_ins": ("expires_at",),
    "deliveries": (
        "not_before",
        "expires_at",
        "created_at",
        "claimed_at",
        "settled_at",
    ),
    "telegram_chats": ("place_checked_at", "started_at", "blocked_at"),
    "telegram_updates": ("received_at", "claimed_until", "handled_at"),
    "job_states": (
        "lease_expires_at",
        "last_started_at",
        "last_succeeded_at",
        "last_failed_at",
        "watermark_at",
    ),
}
"""Every stored moment that rules look at, by table."""


@dataclass
class Customer:
    """A user with an API key."""

    buyer: Buyer
    token: str

    @property
    def id(self) -> UserId:
        return self.buyer.user_id

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Supplier:
    """The sandbox's levers."""

    http: httpx.AsyncClient

    async def behave(self, **switches: Any) -> None:
        (await self.http.post("/control/supplier/behaviour", json=switches)).raise_for_status()

    async def fault(self, action: str, kind: str, **how: Any) -> None:
        body = {"action": action, "kind": kind, **how}
        (await self.http.post("/control/supplier/faults", json=body)).raise_for_status()

    async def offer(self, service: str, country: int, cost_usd: float, count: int) -> None:
        body = {"service": service, "country": country, "costUsd": cost_usd, "count": count}
        (await self.http.post("/control/supplier/offer", json=body)).raise_for_status()

    async def sms(self, phone: str, text: str) -> httpx.Response:
        return await self.http.post("/control/supplier/sms", json={"phone": phone, "text": text})

    async def advance(self, seconds: float) -> None:
        (
            await self.http.post("/control/clock", json={"advanceSeconds": seconds})
        ).raise_for_status()

    async def take_back(self, phone: str) -> None:
        """The supplier takes a number away and refunds us."""
        body = {"phone": phone, "status": 10}
        (await self.http.post("/control/supplier/refund", json=body)).raise_for_status()

    async def requests(self, action: str) -> int:
        """How often an action was asked for."""
        return int((await self.state())["counters"]["requests"].get(action, 0))

    async def state(self, **query: str) -> Any:
        """The supplier's part of ``GET /control/state``."""
        return (await self.http.get("/control/state", params=query)).raise_for_status().json()


@dataclass
class Shop:
    """Services, supplier, and short ways to drive them."""

    services: Services
    supplier: Supplier
    settings: Settings
    levers: dict[str, Supplier]
    """Of each supplier, by name; ``supplier`` is the first one's."""
    _more: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def customer(
        self, *, cents: int = 5_000, referrer: "Customer | None" = None, is_judged: bool = True
    ) -> Customer:
        """A new user with a balance and a key.

        Args:
            cents: What they may spend.
            referrer: Whose link they came by.
            is_judged: Whether the rules have found nothing against that.
        """
        async with self.services.database.transaction() as connection:
            invited_by = None if referrer is None else referrer.id
            user = await self.services.identity.create(connection, referrer=invited_by)
            if referrer is not None:
                invitation = Invitation("", ReferralSource.SANDBOX)
                await bind(connection, user, Referrer(referrer.id, invitation))
            if is_judged:
                await connection.execute(
                    "update referrals set status = 'ACTIVE', judge_at = null where user_id = $1",
                    user,
                )
            if cents:
                await ledger.credit(
                    connection,
                    user,
                    micro(Cents(cents)),
                    kind=TransferKind.SANDBOX_CREDIT,
                    reference=ids.new_id(),
                )
        key = await self.services.api_keys.create(user, "test")
        principal = await self.services.api_keys.authenticate(key.token)
        assert principal is not None
        return Customer(Buyer(user, principal.account_id), key.token)

    async def place(
        self, customer: Customer, service: str = "tg", country: str | int = 7, **wish: Any
    ) -> OrderView:
        """Place an order that is expected to succeed."""
        placed = await self.services.orders.place(
            customer.buyer, OrderRequest(service=service, country=country, **wish)
        )
        return placed.order

    async def deliver(self, order: OrderView, text: str = "Your code is 12345") -> None:
        """Have an SMS arrive and the worker notice it."""
        assert order.phone is not None
        (await self.supplier.sms(order.phone, text)).raise_for_status()
        await self.beat()

    async def beat(self, supplier: str = SUPPLIER) -> None:
        """One run of the sync of a supplier, as the worker makes it."""
        job = f"sync:{supplier}"
        started = await self.services.jobs.acquire(job, "test", lease_s=60, interval_s=1)
        assert started is not None
        watermark = await sync_supplier(self.services, supplier, started)
        await self.services.jobs.succeed(job, started, watermark=watermark)

    def keep_quiet(self) -> None:
        """Have no reader ask the supplier, as while a worker beats; for good."""
        for supplier in self.services.suppliers:
            self.services.refresher._beats[supplier].last_at = math.inf

    def forget_beats(self) -> None:
        """Have readers ask the supplier, as while no worker beats."""
        self.services.refresher._beats.clear()

    async def read(self, customer: Customer, order: OrderView) -> OrderView:
        """The order as stored, without asking the supplier."""
        return await self.services.orders.get(customer.id, order.id, refresh=False)

    async def balance(self, customer: Customer) -> MicroUsdt:
        async with self.services.database.connection() as connection:
            return await ledger.get_balance(connection, customer.id)

    async def age(self, order: OrderView, seconds: float) -> None:
        """Make an order older: every moment of its life so far lies ``seconds`` further back."""
        await self.execute(
            "update orders set created_at = created_at - make_interval(secs => $2), "
            "expires_at = expires_at - make_interval(secs => $2), "
            "purchase_unknown_at = purchase_unknown_at - make_interval(secs => $2), "
            "first_sms_at = first_sms_at - make_interval(secs => $2), "
            "ended_at = ended_at - make_interval(secs => $2) where id = $1",
            order.id,
            float(seconds),
        )

    async def pass_time(self, seconds: float) -> None:
        """Let time pass for everything stored: each moment lies ``seconds`` further back.

        The supplier has its own clock: ``supplier.advance``.
        """
        async with self.services.database.transaction() as connection:
            for table, columns in MOMENTS.items():
                changes = ", ".join(f"{one} = {one} - make_interval(secs => $1)" for one in columns)
                await connection.execute(f"update {table} set {changes}", float(seconds))

    async def read_chain(self) -> None:
        """What a worker does about the chain when it has just read a final block of it."""
        await self.execute(
            "insert into chain_cursors (genesis_id, block_number, block_id, block_time) "
            "values ($1, 1, repeat('0', 64), now()) "
            "on conflict (genesis_id) do update set block_time = now()",
            self.settings.tron_genesis_id,
        )

    async def settle_all(self) -> None:
        """Let enough time pass, with beats and queued calls, that nothing stays undecided."""
        for seconds in (30, 30, 120, 60):
            await self.pass_time(seconds)
            await self.beat()
            await self.services.tasks.run()

    async def rentals(self) -> list[dict[str, Any]]:
        """The rentals that are open at the supplier."""
        state = await self.supplier.state(status="active")
        rows: list[dict[str, Any]] = state["activations"]
        return rows

    async def statuses(self) -> list[tuple[str, str | None]]:
        """Status and reason of every order, oldest first, whoever may see it."""
        async with self.services.database.connection() as connection:
            rows = await connection.fetch("select status, reason from orders order by id")
        return [(row["status"], row["reason"]) for row in rows]

    def another_process(self) -> Services:
        """The services as a further process of this shop has them: same database and supplier."""
        known = self.services
        another = build_services(self.settings, known.database, known.suppliers)
        another.live_catalog.current = known.live_catalog.current
        return another

    async def execute(self, statement: str, *arguments: Any) -> str:
        """Raw SQL, for what no service does."""
        async with self.services.database.connection() as connection:
            return str(await connection.execute(statement, *arguments))

    async def fetchval(self, statement: str, *arguments: Any) -> Any:
        async with self.services.database.connection() as connection:
            return await connection.fetchval(statement, *arguments)

    async def fetchrow(self, statement: str, *arguments: Any) -> Any:
        async with self.services.database.connection() as connection:
            return await connection.fetchrow(statement, *arguments)

    async def wait_until(self, question: str, *arguments: Any) -> None:
        """Poll until a question in SQL is answered with yes."""

        async def is_so() -> bool:
            return bool(await self.fetchval(question, *arguments))

        await until_told(is_so)

    async def verify(self) -> Verification:
        return await verify(self.services.database)

    async def prove(self, **effort: int) -> Verification:
        """One run of the job that proves the books."""
        return await RunningProof(self.services.database, Effort(**effort)).run()

    async def damage(self, statement: str, *arguments: Any) -> None:
        """Change rows with every trigger and foreign key off."""
        async with self.services.database.transaction() as connection:
            await connection.execute("set local session_replication_role = replica")
            done = await connection.execute(statement, *arguments)
            assert done not in {"UPDATE 0", "DELETE 0", "INSERT 0 0"}

    async def api(self, **changes: Any) -> httpx.AsyncClient:
        """A client of the HTTP API on this shop, in process."""
        app = build_api(self.services, self.settings.model_copy(update=changes))
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False),
            base_url="http://testserver",
        )
        return await self._more.enter_async_context(client)

    async def close(self) -> None:
        await self._more.aclose()


class ByHost(httpx.AsyncBaseTransport):
    """Carries each request to whoever answers at its host and port."""

    def __init__(self, transports: Mapping[bytes, httpx.AsyncBaseTransport]) -> None:
        self._transports = transports

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._transports[request.url.netloc].handle_async_request(request)


def build_api(services: Services, settings: Settings) -> FastAPI:
    """The API on given services, without its lifespan."""
    app = create_api(settings)
    app.state.context = WebContext(
        services=services,
        credentials=Credentials(services.api_keys),
        limits=build_rate_limits(settings),
        addresses=ClientAddresses(settings.geo.proxies, settings.geo.forwarded_header),
        geo=build_geo_policy(settings),
        payloads=CatalogPayloads(services.live_catalog),
    )
    return app


@asynccontextmanager
async def open_shop(
    address: str, settings: Settings, catalog: Catalog | None = None
) -> AsyncIterator[Shop]:
    """A shop on the database at ``address``, with a quiet sandbox of its own for each supplier.

    Args:
        address: Of its database.
        settings: Of its process.
        catalog: What that database sells, when it was read before; read now without.
    """
    pool = await open_pool(address, name="test", size=12, statement_timeout_s=20)
    sandboxes: dict[str, SandboxApp] = {one.name: create_app(None) for one in settings.suppliers}
    transports = {name: httpx.ASGITransport(app=app) for name, app in sandboxes.items()}
    hosts = {
        httpx.URL(settings.supplier_origin(one)).netloc: transports[one.name]
        for one in settings.suppliers
    }
    async with AsyncExitStack() as stack:
        levers = {
            name: Supplier(
                await stack.enter_async_context(
                    httpx.AsyncClient(transport=transport, base_url="http://sandbox")
                )
            )
            for name, transport in transports.items()
        }
        suppliers = await stack.enter_async_context(build_suppliers(settings, ByHost(hosts)))
        for lever in levers.values():
            await lever.behave(smsDelaySeconds=None, minCancelSeconds=0)
        services = build_services(settings, PooledDatabase(pool), suppliers)
        if catalog is None:
            await services.live_catalog.reload()
        else:
            services.live_catalog.current = replace(catalog, generated_at=now())
        shop = Shop(services, levers[settings.supplier.name], settings, levers)
        try:
            yield shop
        finally:
            await shop.close()
            for sandbox in sandboxes.values():
                await sandbox.close()
            await asyncio.wait_for(pool.close(), PATIENCE_S)


def now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)
