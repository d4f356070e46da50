"""Robots that read every page once, and what a buyer notices of them meanwhile.

First what one page costs that is not in memory: processor time of the web process, asked for one
after the other. Then a crawl: twenty thousand addresses in random order on sixteen connections,
while a buyer uses the API and looks at the page of an order. The baseline does the least that
anybody could: it has each kind of page finished in memory and only makes it small.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx

from benchmarks.arena import Arena, Process, Web, environment_of, services_on
from benchmarks.people import Customer, make_customers, place_orders, stock
from benchmarks.report import Row
from benchmarks.rounds import CONNECTIONS, Target, http_request, send_load
from jiema_app.bootstrap import Services
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.orders.views import OrderView
from jiema_app.settings import get_settings

if TYPE_CHECKING:
    from benchmarks.load import Result

ADDRESSES: Final = 20_000
PAGES: Final = ("", "browse", "countries", "login", "api-docs")
CODINGS: Final = ("gzip, deflate, br",) * 15 + ("gzip",) * 4 + ("identity",)
"""What robots take: the large ones all of it, many gzip alone, a few nothing."""
KINDS: Final = {"service": 8.0, "country": 8.0, "browse": 30.0}
"""Milliseconds of the processor that a page may cost."""
SAMPLE: Final = 200
PER_SECOND: Final = 250
P99_MS: Final = 50
MEMORY_MB: Final = 260
GROWTH_MB: Final = 15
MADE_UP: Final = (
    "/en/service/made-up-{}", "/de/country/atlantis-{}", "/xx/service/whatsapp-{}", "/en/nothing-{}",
    "/wp-content/{}.php", "/en/service/%F0%9F%92%A9{}", "/zh/browse/{}", "/.git/{}",
)  # fmt: skip
MADE_UP_PER_SECOND: Final = 1_000
BUYER_PAUSE_S: Final = 0.02
QUIET_S: Final = 5.0
"""Before a crawl a buyer is timed too: what the machine allows."""


@dataclass(slots=True)
class Buyer:
    """Somebody who buys, and whose answers are timed."""

    web: Web
    customer: Customer
    order: OrderView
    cookie: str

    async def ask_until(self, is_over: Callable[[], bool]) -> dict[str, list[float]]:
        """How long each answer took, in ms, by what was asked for."""
        api = {"Authorization": f"Bearer {self.customer.token}"}
        page = {"Cookie": self.cookie}
        asked: dict[str, tuple[str, str, dict[str, str], dict[str, Any] | None]] = {
            "account": ("GET", "/api/v1/account", api, None),
            "services": ("GET", "/api/v1/services", api, None),
            "order": ("GET", f"/api/v1/orders/{self.order.id}", api, None),
            "buying": ("POST", "/api/v1/orders", api, {"service": "tg", "country": 7}),
            "order's page": ("GET", f"/en/order/{self.order.id}", page, None),
            "the same, plain": ("GET", f"/en/order/{self.order.id}?plain", page, None),
        }
        took: dict[str, list[float]] = {name: [] for name in asked}
        async with httpx.AsyncClient(base_url=self.web.origin, timeout=30) as client:
            while not is_over():
                for name, (method, path, headers, body) in asked.items():
                    began = time.perf_counter()
                    answer = await client.request(method, path, headers=headers, json=body)
                    took[name].append((time.perf_counter() - began) * 1000)
                    answer.raise_for_status()
                await asyncio.sleep(BUYER_PAUSE_S)
        return took


async def measure_crawl(arena: Arena, tell: Callable[[str], None], *, quick: bool) -> list[Row]:
    """The figures of a crawl. Needs the built pages."""
    count = ADDRESSES // 10 if quick else ADDRESSES
    async with AsyncExitStack() as stack:
        tell("filling a shop")
        address = await arena.new_database()
        sandbox = await stack.enter_async_context(arena.sandbox())
        services = await stack.enter_async_context(services_on(address, sandbox))
        await stock(services)
        customers = await make_customers(services, 1)
        [(customer, order)] = await place_orders(services, customers, 1)
        cookie = await _sign_in(services, customer)
        catalog = services.live_catalog.current
        environment = environment_of(address, sandbox, supplier_pace=0)
        web = await stack.enter_async_context(arena.web(environment))
        tell("pages one by one")
        ours, samples = await _one_by_one(web, catalog)
        tell("the baseline's, one by one")
        folder = arena.folder / "crawl"
        _keep(folder, samples)
        baseline = await stack.enter_async_context(
            arena.baseline({"BENCH_PAGES": str(folder)}, "benchmarks.crawl_baseline:app", "/browse")
        )
        theirs, _ = await _one_by_one(baseline, catalog, is_baseline=True)
        rows = [
            Row(f"a page not in memory, processor time: {kind}", f"{ours[kind]:.1f} ms",
                f"{theirs[kind]:.1f} ms", ours[kind] / theirs[kind], f"≤ {most:g} ms", ours[kind] <= most)
            for kind, most in KINDS.items()
        ]  # fmt: skip
        stack.enter_context(arena.worker(environment))
        buyer = Buyer(web, customer, order, cookie)
        for name in ("first", "second"):
            tell(f"the {name} crawl")
            walk = _addresses(catalog, count)
            rows += await _crawl(name, web, baseline, buyer, walk)
        rows.append(_memory_row(rows))
        tell("made-up addresses")
        rows.append(await _made_up(web))
        return rows


async def _sign_in(services: Services, customer: Customer) -> str:
    async with services.database.transaction() as connection:
        token = await services.sessions.open(connection, customer.buyer.user_id, "bench")
    return f"sid={token}"


def _addresses(catalog: Catalog, count: int) -> list[str]:
    paths = [
        *PAGES,
        *(f"service/{service.slug}" for service in catalog.services),
        *(f"country/{country.slug}" for country in catalog.countries),
    ]
    every = [f"/{locale}/{path}".rstrip("/") for locale in get_settings().locales for path in paths]
    return random.Random(count).sample(every, min(count, len(every)))


async def _one_by_one(
    web: Web, catalog: Catalog, *, is_baseline: bool = False
) -> tuple[dict[str, float], dict[str, bytes]]:
    """Milliseconds of the processor for each kind of page, and one of each as it is."""
    chosen = random.Random(SAMPLE)
    locales = get_settings().locales
    paths = {
        "service": [f"service/{one.slug}" for one in chosen.sample(catalog.services, SAMPLE)],
        "country": [f"country/{one.slug}" for one in chosen.choices(catalog.countries, k=SAMPLE)],
        "browse": ["browse"] * len(locales),
    }
    found: dict[str, float] = {}
    samples: dict[str, bytes] = {}
    async with httpx.AsyncClient(base_url=web.origin, timeout=60) as client:
        for kind, every in paths.items():
            addresses = [
                f"/{kind}" if is_baseline else f"/{locales[n % len(locales)]}/{path}"
                for n, path in enumerate(every)
            ]
            if not is_baseline:
                # The first page in a language reads all of its words.
                for locale in locales:
                    await client.get(f"/{locale}/{every[-1]}" if kind != "browse" else f"/{locale}")
                addresses = list(dict.fromkeys(addresses))
            began = cpu_s(web.process)
            sizes = []
            for address in addresses:
                answer = (await client.get(address)).raise_for_status()
                sizes.append((len(answer.content), answer.content))
            found[kind] = (cpu_s(web.process) - began) / len(addresses) * 1000
            samples[kind] = sorted(sizes)[len(sizes) // 2][1]
    return found, samples


def cpu_s(process: Process) -> float:
    """Seconds of the processor that a web process and its threads have used."""
    return max(_cpu_ns(pid) for pid in process.pids()) / 1e9


def _cpu_ns(pid: int) -> int:
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads)


def _keep(folder: Path, samples: dict[str, bytes]) -> None:
    folder.mkdir()
    for kind, html in samples.items():
        (folder / kind).write_bytes(html)


def _requests(addresses: Sequence[str]) -> list[str]:
    return [
        http_request("GET", path, {"Accept-Encoding": CODINGS[n % len(CODINGS)]})
        for n, path in enumerate(addresses)
    ]


async def _crawl(
    name: str, web: Web, baseline: Web, buyer: Buyer, addresses: Sequence[str]
) -> list[Row]:
    theirs = await send_load(
        Target(baseline.port, _requests(_as_baseline(addresses))), 600, once=True
    )
    before = web.process.rss_mb()
    end = time.monotonic() + QUIET_S
    quiet = await buyer.ask_until(lambda: time.monotonic() > end)
    began = cpu_s(web.process)
    crawl = asyncio.create_task(send_load(Target(web.port, _requests(addresses)), 600, once=True))
    largest: list[float] = [before]
    watching = asyncio.create_task(_watch_memory(web.process, crawl, largest))
    took = await buyer.ask_until(crawl.done)
    ours: Result = await crawl
    cpu_ms = (cpu_s(web.process) - began) / len(addresses) * 1000
    await watching
    details = {"ours": asdict(ours), "baseline": asdict(theirs), "cpu_ms": cpu_ms}
    rows = [
        Row(f"{name} crawl of {len(addresses):,} addresses, {CONNECTIONS} connections",
            f"{ours.per_second:.0f}/s", f"{theirs.per_second:.0f}/s",
            ours.per_second / theirs.per_second, f"≥ {PER_SECOND}/s",
            ours.per_second >= PER_SECOND, details),
    ]  # fmt: skip
    for what, times in took.items():
        p50, p99 = _quantile(times, 0.5), _quantile(times, 0.99)
        rows.append(
            Row(f"meanwhile of a buyer: {what}, p50 / p99", f"{p50:.1f} / {p99:.1f} ms",
                f"{_quantile(quiet[what], 0.5):.1f} / {_quantile(quiet[what], 0.99):.1f} ms", None,
                f"p99 ≤ {P99_MS} ms", p99 <= P99_MS, {"times": len(times), "max": max(times)})
        )  # fmt: skip
    rows.append(
        Row(f"{name} crawl: memory before, largest, after", f"{before:.0f}, {max(largest):.0f}, "
            f"{web.process.rss_mb():.0f} MB", "", None, f"≤ {MEMORY_MB} MB", max(largest) <= MEMORY_MB,
            {"after": web.process.rss_mb()})
    )  # fmt: skip
    return rows


def _as_baseline(addresses: Sequence[str]) -> list[str]:
    kinds = [address.split("/")[2] if address.count("/") > 1 else "" for address in addresses]
    return [f"/{kind}" if kind in KINDS else "/service" for kind in kinds]


async def _watch_memory(process: Process, until: "asyncio.Task[Result]", seen: list[float]) -> None:
    while not until.done():
        seen.append(process.rss_mb())
        await asyncio.sleep(0.5)


def _memory_row(rows: Sequence[Row]) -> Row:
    first, second = (row.details["after"] for row in rows if "after" in row.details)
    return Row("memory after the second crawl, against the first", f"{second - first:+.0f} MB", "",
        None, f"≤ {GROWTH_MB} MB", second - first <= GROWTH_MB)  # fmt: skip


async def _made_up(web: Web) -> Row:
    addresses = [MADE_UP[n % len(MADE_UP)].format(n) for n in range(ADDRESSES)]
    result = await send_load(Target(web.port, _requests(addresses), 404), 600, once=True)
    return Row("made-up addresses", f"{result.per_second:,.0f}/s", "", None,
        f"≥ {MADE_UP_PER_SECOND:,}/s", result.per_second >= MADE_UP_PER_SECOND, asdict(result))  # fmt: skip


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
