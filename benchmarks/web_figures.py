"""Requests per second of the web process, beside the same work written by hand."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx
import orjson

from benchmarks import bare_tables
from benchmarks.arena import COUNTRY, SERVICE, Arena, Web, environment_of, services_on
from benchmarks.people import Customer, make_customers, place_orders, stock
from benchmarks.report import Row
from benchmarks.rounds import Pace, Target, compare, http_request
from jiema_app.domain.orders.views import OrderView
from jiema_app.settings import SANDBOX_SUPPLIER_KEY

CUSTOMERS: Final = 500
"""Limits and keys are per customer: one alone would not be what a shop sees."""

KEPT_HEADERS: Final = ("content-type", "content-encoding", "cache-control", "vary", "etag")
API: Final = "/api/v1"


@dataclass(frozen=True, slots=True)
class FilledShop:
    """A database with customers and an order of each, and the sandbox they buy from."""

    address: str
    sandbox: httpx.AsyncClient
    customers: list[Customer]
    orders: list[tuple[Customer, OrderView]]

    @property
    def environment(self) -> dict[str, str]:
        """What our processes are told."""
        return environment_of(self.address, self.sandbox, supplier_pace=0)

    def baseline_environment(self, folder: Path, constant: Mapping[str, Any]) -> dict[str, str]:
        """What the hand-written application is told, which answers as ours did in ``constant``."""
        path = folder / "constant.json"
        path.write_text(json.dumps(constant))
        return {
            "BENCH_CONSTANT": str(path),
            "BENCH_DATABASE": self.address,
            "BENCH_SUPPLIER": str(self.sandbox.base_url),
            "BENCH_SUPPLIER_KEY": SANDBOX_SUPPLIER_KEY,
        }


async def fill_shop(arena: Arena, stack: AsyncExitStack) -> FilledShop:
    """Make one, for as long as the stack is open."""
    address = await arena.new_database()
    sandbox = await stack.enter_async_context(arena.sandbox())
    await make_bare_tables(address)
    async with services_on(address, sandbox) as services:
        await stock(services)
        customers = await make_customers(services, CUSTOMERS)
        orders = await place_orders(services, customers, CUSTOMERS)
    return FilledShop(address, sandbox, customers, orders)


async def measure_web(arena: Arena, pace: Pace, tell: Callable[[str], None]) -> list[Row]:
    """All figures of one web process."""
    async with AsyncExitStack() as stack:
        tell("filling a shop")
        shop = await fill_shop(arena, stack)
        customers, orders, environment = shop.customers, shop.orders, shop.environment
        web = await stack.enter_async_context(arena.web(environment))
        constant = await constant_answer(web, customers[0])
        baseline = await stack.enter_async_context(
            arena.baseline(shop.baseline_environment(arena.folder, constant))
        )
        etag = constant["headers"]["ETag"]
        rows = []
        tell("GET /services")
        rows.append(
            await compare(
                "GET /services, compressed",
                Target(web.port, plain_gets(customers, f"{API}/services")),
                Target(baseline.port, plain_gets(customers, "/services")),
                pace,
                0.8,
            )
        )
        tell("GET /services, 304")
        rows.append(
            await compare(
                "GET /services, 304",
                Target(web.port, plain_gets(customers, f"{API}/services", etag), 304),
                Target(baseline.port, plain_gets(customers, "/services-304", etag), 304),
                pace,
                0.9,
            )
        )
        tell("GET /orders/{id}")
        # Without the worker's beat each question would go on to the supplier.
        with arena.worker(environment):
            rows.append(
                await compare(
                    "GET /orders/{id}",
                    Target(web.port, [plain_get(c, f"{API}/orders/{o.id}") for c, o in orders]),
                    Target(baseline.port, [plain_get(c, f"/orders/{o.id}") for c, o in orders]),
                    pace,
                    0.6,
                )
            )
        tell("POST /orders")
        rows.append(
            await compare(
                "POST /orders, supplier at 0 ms",
                Target(web.port, [_post(c, f"{API}/orders", {}) for c in customers]),
                Target(
                    baseline.port,
                    [_post(c, "/orders", {"account": n + 1}) for n, c in enumerate(customers)],
                ),
                pace,
                0.6,
            )
        )
    return rows


async def make_bare_tables(address: str) -> None:
    """The baseline's own tables, in the same database."""
    connection = await asyncpg.connect(address)
    await connection.execute(bare_tables.SCHEMA)
    await connection.close()


async def constant_answer(web: Web, customer: Customer) -> dict[str, Any]:
    """Our own answer, for the baseline to give without any work."""
    headers = {
        "Authorization": f"Bearer {customer.token}",
        "Accept-Encoding": "gzip, deflate, br",
    }
    async with (
        httpx.AsyncClient(base_url=web.origin, headers=headers) as client,
        client.stream("GET", f"{API}/services") as response,
    ):
        response.raise_for_status()
        body = b"".join([part async for part in response.aiter_raw()])
        kept = {
            ("ETag" if name == "etag" else name): response.headers[name] for name in KEPT_HEADERS
        }
    assert kept["content-encoding"] == "br"
    return {"body": body.hex(), "headers": kept}


def _headers(customer: Customer) -> dict[str, str]:
    return {"Authorization": f"Bearer {customer.token}"}


def plain_get(customer: Customer, path: str, etag: str | None = None) -> str:
    """One GET with a customer's key."""
    known = {} if etag is None else {"If-None-Match": etag}
    return http_request("GET", path, _headers(customer) | known)


def plain_gets(customers: Sequence[Customer], path: str, etag: str | None = None) -> list[str]:
    """The same GET of each customer."""
    return [plain_get(customer, path, etag) for customer in customers]


def _post(customer: Customer, path: str, extra: dict[str, int]) -> str:
    body = orjson.dumps({"service": SERVICE, "country": COUNTRY, **extra})
    return http_request("POST", path, _headers(customer), body)
