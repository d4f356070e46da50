"""What the shop depends on stands still, and does not die: nobody waits for it for long."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import pytest

from tests.api.asking import data, problem
from tests.support.cluster import Cluster
from tests.support.freezing import FreezingProxy, freezing
from tests.support.live import LiveStack, live_stack
from tests.support.polling import PATIENCE_S

READY_S = 30.0
"""The requirement is 3 s, and a quiet machine keeps it. What stands still here does so until it is
let go: whoever waits for it waits longer than any machine is busy."""
ALIVE_S = 15.0
"""Likewise: it takes a hundredth of a second."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live-stalls")]


@pytest.fixture(scope="module")
def stalling(cluster: Cluster) -> Iterator[tuple[LiveStack, FreezingProxy]]:
    """A shop whose database, Redis, supplier and node can stand still."""
    found: list[FreezingProxy] = []

    @contextmanager
    def way(address: str) -> Iterator[str]:
        with freezing(address) as (frozen, proxy):
            found.append(proxy)
            yield frozen

    settings = {"DATABASE_ACQUIRE_TIMEOUT_S": "2", "DATABASE_STATEMENT_TIMEOUT_S": "3"}
    with live_stack(cluster, redis=True, settings=settings, way=way) as stack:
        yield stack, found[0]


@asynccontextmanager
async def stalled(stop: Callable[[], None], go_on: Callable[[], None]) -> AsyncIterator[None]:
    stop()
    try:
        yield
    finally:
        go_on()


async def ask_ready(api: httpx.AsyncClient) -> httpx.Response:
    """``/readyz``, which answers in time; and the process is alive at once meanwhile."""
    began = time.monotonic()
    answer = asyncio.create_task(api.get("/readyz"))
    await asyncio.sleep(0.05)
    asked = time.monotonic()
    assert (await api.get("/healthz")).json() == {"ok": True}
    assert time.monotonic() - asked < ALIVE_S
    report = await answer
    assert time.monotonic() - began < READY_S
    return report


async def await_named(api: httpx.AsyncClient, name: str, *, ok: bool) -> httpx.Response:
    """Ask until it says this of that; each answer comes in time."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            report = await ask_ready(api)
            if report.json()["checks"].get(name, {}).get("ok") is ok:
                return report
            await asyncio.sleep(0.2)


async def await_ready(api: httpx.AsyncClient) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while (await api.get("/readyz")).status_code != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def test_a_database_that_stands_still(stalling: tuple[LiveStack, FreezingProxy]) -> None:
    live, proxy = stalling
    ann = await live.customer()
    wish = {"service": "telegram", "country": "my"}
    async with live.client(ann) as api:
        await await_ready(api)
        assert data(await api.get("/api/v1/account"))["id"] == ann.id
        async with stalled(proxy.freeze, proxy.thaw):
            report = await await_named(api, "database", ok=False)
            assert report.status_code == 503
            assert report.json()["checks"]["database"] == {"ok": False, "detail": "does not answer"}
            orders = [api.post("/api/v1/orders", json=wish) for _ in range(8)]
            async with asyncio.timeout(60):
                answers = await asyncio.gather(*orders, *(ask_ready(api) for _ in range(5)))
            assert {problem(answer) for answer in answers[:8]} == {(500, "INTERNAL")}
            assert {answer.headers["retry-after"] for answer in answers[:8]} == {"1"}
        await await_ready(api)
        assert data(await api.get("/api/v1/account"))["balanceCents"] == "5000"
        assert data(await api.post("/api/v1/orders", json=wish))["phone"]
    assert (await live.verify()).ok


async def test_a_supplier_that_stands_still_and_the_node_with_it(
    stalling: tuple[LiveStack, FreezingProxy],
) -> None:
    live, _ = stalling
    async with live.client() as api:
        await await_ready(api)

        def send(number: signal.Signals) -> Callable[[], None]:
            return lambda: live.sandbox.send(number, group=True)

        async with stalled(send(signal.SIGSTOP), send(signal.SIGCONT)):
            supplier = await await_named(api, "supplier", ok=False)
            assert supplier.status_code == 503
            assert supplier.json()["checks"]["database"]["ok"]
        await await_ready(api)


async def test_a_redis_that_stands_still_is_named_and_needed_by_nobody(
    stalling: tuple[LiveStack, FreezingProxy],
) -> None:
    live, _ = stalling
    redis = live.redis
    assert redis is not None
    ann = await live.customer()
    async with live.client(ann) as api:
        await await_ready(api)
        async with stalled(lambda: redis.send(signal.SIGSTOP), lambda: redis.send(signal.SIGCONT)):
            report = await await_named(api, "redis", ok=False)
            assert (report.status_code, report.json()["ok"]) == (200, True)
            await api.get("/api/v1/account")
            # Once it is known to hang no request waits for it, though it goes on hanging.
            began = time.monotonic()
            for _ in range(40):
                assert (await api.get("/api/v1/account")).status_code == 200
            assert time.monotonic() - began < 40 * 0.25
        await await_named(api, "redis", ok=True)
