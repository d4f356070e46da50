"""Ten thousand open orders: what they cost the supplier, and how soon a code is seen."""

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import httpx
import orjson

from benchmarks.arena import HOST, Arena, Process, Web, environment_of, must, services_on
from benchmarks.people import Customer, make_customers, place_orders, stock
from benchmarks.report import Row
from benchmarks.rounds import http_request
from jiema_app.domain.ledger.verification import verify
from jiema_app.domain.orders.views import OrderView
from jiema_app.settings import SANDBOX_WEBHOOK_PATH

SUPPLIER_PACE: Final = 45
CUSTOMERS: Final = 400
MEMORY_LIMIT_MB: Final = 200
REQUESTS_LIMIT: Final = 110
POLLED_LIMIT_S: Final = 3.0
WEBHOOK_LIMIT_S: Final = 0.5
WAIT_S: Final = 25
PATIENCE_S: Final = 60
CANCELLED: Final = 50


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it."""

    orders: int
    watchers: int
    spread_s: float
    beats: int


FULL: Final = Size(orders=10_000, watchers=300, spread_s=24.0, beats=6)
QUICK: Final = Size(orders=2_000, watchers=100, spread_s=8.0, beats=3)

Pairs = Sequence[tuple[Customer, OrderView]]


@dataclass(slots=True)
class Stage:
    """The running product with its open orders."""

    control: httpx.AsyncClient
    web: Web
    worker: Process
    beats: list[float] = field(default_factory=list)


async def measure_open_orders(
    arena: Arena, tell: Callable[[str], None], *, quick: bool
) -> list[Row]:
    """The figures of the drill."""
    size = QUICK if quick else FULL
    async with AsyncExitStack() as stack:
        tell(f"placing {size.orders:,} orders")
        address = await arena.new_database()
        control = await stack.enter_async_context(arena.sandbox())
        services = await stack.enter_async_context(services_on(address, control))
        await stock(services)
        customers = await make_customers(services, CUSTOMERS)
        orders = await place_orders(services, customers, size.orders)
        random.shuffle(orders)
        environment = environment_of(address, control, supplier_pace=SUPPLIER_PACE)
        web = await stack.enter_async_context(arena.web(environment))
        worker = stack.enter_context(arena.worker(environment))
        stage = Stage(control, web, worker)
        await stack.enter_async_context(_counting_beats(address, stage))
        tell("requests of a sync cycle")
        rows = [await _requests_per_beat(stage, size)]
        tell("codes found by polling")
        first, second = orders[: size.watchers], orders[size.watchers : 2 * size.watchers]
        polled = await _watch_codes(stage, first, size)
        rows.append(_latency_row("code visible, by polling", polled, POLLED_LIMIT_S))
        tell("codes announced by webhook")
        url = f"{web.origin}/webhooks/supplier/{SANDBOX_WEBHOOK_PATH}"
        await must(control.post("/control/supplier/behaviour", json={"webhookUrl": url}))
        announced = await _watch_codes(stage, second, size)
        rows.append(_latency_row("code visible, by webhook", announced, WEBHOOK_LIMIT_S))
        await _cancel(web, orders[-CANCELLED:])
        rows += [_memory_row("web", web.process), _memory_row("worker", worker)]
        found = await verify(services.database)
        if not found.ok:
            raise RuntimeError(f"the books do not balance: {found.as_json()}")
    return rows


@asynccontextmanager
async def _counting_beats(address: str, stage: Stage) -> AsyncIterator[None]:
    """Note when the worker has read the whole list."""
    connection = await asyncpg.connect(address)
    await connection.add_listener(
        "supplier_beat", lambda *_: stage.beats.append(time.perf_counter())
    )
    try:
        yield
    finally:
        await connection.close()


async def _await_beats(stage: Stage, count: int) -> None:
    """Wait until the worker has made so many beats in all."""
    deadline = time.perf_counter() + PATIENCE_S
    while len(stage.beats) < count:
        if time.perf_counter() > deadline:
            raise RuntimeError(f"the worker does not beat:\n{stage.worker.last_words()}")
        await asyncio.sleep(0.002)


async def _requests(stage: Stage) -> int:
    state = (await must(stage.control.get("/control/state?limit=0"))).json()
    return sum(state["counters"]["requests"].values())


async def _requests_per_beat(stage: Stage, size: Size) -> Row:
    # The first beats share the pace with the first look at the offers.
    await _await_beats(stage, 3)
    begun, requests = len(stage.beats), await _requests(stage)
    await _await_beats(stage, begun + size.beats)
    made, requests = len(stage.beats) - begun, await _requests(stage) - requests
    per_beat = requests / made
    spans = [b - a for a, b in zip(stage.beats[2:], stage.beats[3:], strict=False)]
    return Row(
        figure=f"supplier requests per cycle, {size.orders:,} open orders",
        ours=f"{per_beat:.0f}",
        baseline="",
        ratio=None,
        target=f"≤ {REQUESTS_LIMIT}",
        is_met=per_beat <= REQUESTS_LIMIT,
        details={"beats": made, "requests": requests, "seconds_between": spans},
    )


async def _watch_codes(stage: Stage, orders: Pairs, size: Size) -> list[float]:
    """Seconds from an SMS reaching the supplier to the long-poll's answer, sorted."""
    sent_at: dict[str, float] = {}
    seen_at: dict[str, float] = {}

    async def watch(customer: Customer, order: OrderView) -> None:
        reader, writer = await asyncio.open_connection(HOST, stage.web.port)
        headers = {"Authorization": f"Bearer {customer.token}"}
        request = http_request("GET", f"/api/v1/orders/{order.id}?wait={WAIT_S}", headers)
        answer: dict[str, Any] = {}
        while answer.get("status") != "RECEIVED":
            writer.write(request.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
            body = orjson.loads(await reader.readexactly(int(length)))
            if not body["ok"]:
                raise RuntimeError(f"a watcher was refused: {body}")
            answer = body["data"]
        seen_at[order.id] = time.perf_counter()
        writer.close()

    async def deliver(order: OrderView) -> None:
        await asyncio.sleep(random.uniform(0, size.spread_s))
        text = f"Your code is {random.randint(10_000, 99_999)}"
        sent_at[order.id] = time.perf_counter()
        body = {"activationId": int(order.activation_id or 0), "text": text}
        await must(stage.control.post("/control/supplier/sms", json=body))

    watchers = [asyncio.create_task(watch(*pair)) for pair in orders]
    await asyncio.sleep(1)
    async with asyncio.timeout(size.spread_s + PATIENCE_S):
        await asyncio.gather(*(deliver(order) for _, order in orders))
        await asyncio.gather(*watchers)
    return sorted(seen_at[order.id] - sent_at[order.id] for _, order in orders)


async def _cancel(web: Web, orders: Pairs) -> None:
    """Write something through the web process: what only writes load counts as memory too."""
    async with httpx.AsyncClient(base_url=web.origin) as client:
        for customer, order in orders:
            headers = {"Authorization": f"Bearer {customer.token}"}
            await must(client.post(f"/api/v1/orders/{order.id}/cancel", headers=headers))


def _latency_row(figure: str, seconds: Sequence[float], limit_s: float) -> Row:
    p99 = seconds[min(len(seconds) - 1, len(seconds) * 99 // 100)]
    p50 = statistics.median(seconds)
    return Row(
        figure=f"{figure} (p50 / p99)",
        ours=f"{p50:.2f} / {p99:.2f} s",
        baseline="",
        ratio=None,
        target=f"≤ {limit_s:g} s",
        is_met=p99 <= limit_s,
        details={"p50_s": p50, "p99_s": p99, "max_s": seconds[-1], "count": len(seconds)},
    )


def _memory_row(name: str, process: Process) -> Row:
    resident = process.rss_mb()
    return Row(
        figure=f"resident memory of the {name} process",
        ours=f"{resident:.0f} MB",
        baseline="",
        ratio=None,
        target=f"≤ {MEMORY_LIMIT_MB} MB",
        is_met=resident <= MEMORY_LIMIT_MB,
    )
