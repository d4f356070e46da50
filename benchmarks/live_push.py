"""Five hundred open order pages: how soon each shows its code, and what they take in memory."""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.arena import Arena, Process, environment_of, services_on
from benchmarks.people import AT_ONCE, Customer, make_customers, place_orders, stock
from benchmarks.report import Row
from jiema_app.bootstrap import Services
from jiema_app.domain.orders.supplier import IncomingSms
from jiema_app.domain.orders.views import OrderView
from tests.support.tab import Tab, open_tab

PAGES: Final = 500
MORE_PAGES: Final = 1_000
PER_SECOND: Final = 50
"""Codes a second: a shop that sells 4 million a day."""
AT_THE_SAME_TIME: Final = 50
P50_MS: Final = 60
P99_MS: Final = 300
BURST_MS: Final = 100
"""Until the last of those that came at the same time is seen."""
KB_PER_PAGE: Final = 250
PROCESS_MB: Final = 400
SUPPLIER_PACE: Final = 45
PATIENCE_S: Final = 60


@dataclass(slots=True)
class Watched:
    """An order with the page that shows it."""

    order: OrderView
    tab: Tab
    sent_at: float = 0.0
    seen: asyncio.Event = field(default_factory=asyncio.Event)
    seen_at: float = 0.0
    sms: int = 0

    def look(self) -> None:
        """Note when the page has the SMS that was sent last."""
        shown = self.tab.state("order_page").get("order") or {}
        if shown.get("sms_count", 0) >= self.sms > 0 and not self.seen.is_set():
            self.seen_at = time.perf_counter()
            self.seen.set()


async def measure_live_push(arena: Arena, tell: Callable[[str], None], *, quick: bool) -> list[Row]:
    """The figures of open pages. Needs the built pages."""
    pages, more = (PAGES // 5, MORE_PAGES // 5) if quick else (PAGES, MORE_PAGES)
    async with AsyncExitStack() as stack:
        address = await arena.new_database()
        control = await stack.enter_async_context(arena.sandbox())
        services = await stack.enter_async_context(services_on(address, control))
        await stock(services)
        tell(f"placing {more:,} orders")
        customers = await make_customers(services, more)
        orders = await place_orders(services, customers, more)
        environment = environment_of(address, control, supplier_pace=SUPPLIER_PACE)
        web = await stack.enter_async_context(arena.web(environment))
        stack.enter_context(arena.worker(environment))
        # What only the first page loads is no page's own.
        await _open(stack, services, web.origin, orders[:5])
        await asyncio.sleep(2)
        empty_mb = web.process.rss_mb()
        tell(f"opening {pages:,} pages")
        watched = await _open(stack, services, web.origin, orders[5:pages])
        await asyncio.sleep(2)
        settled_mb = web.process.rss_mb()
        tell("codes one after the other")
        steady = await _deliver(services, watched, pause_s=1 / PER_SECOND)
        tell("codes at the same moment")
        burst = await _deliver(services, watched[:AT_THE_SAME_TIME], pause_s=0.0)
        tell(f"opening pages up to {more:,}")
        await _open(stack, services, web.origin, orders[pages:])
        await asyncio.sleep(2)
        return [
            _push_row(f"code on {pages:,} open pages, {PER_SECOND} a second", steady),
            _push_row(
                f"code on {AT_THE_SAME_TIME} pages at the same moment", burst, BURST_MS, BURST_MS
            ),
            _per_page_row((settled_mb - empty_mb) * 1024 / len(watched), empty_mb, settled_mb),
            _process_row(web.process, more),
        ]


async def _open(
    stack: AsyncExitStack,
    services: Services,
    origin: str,
    orders: Sequence[tuple[Customer, OrderView]],
) -> list[Watched]:
    """A signed-in browser for each order, which shows its page."""
    semaphore = asyncio.Semaphore(AT_ONCE)

    async def open_one(customer: Customer, order: OrderView) -> Watched:
        async with semaphore:
            async with services.database.transaction() as connection:
                token = await services.sessions.open(
                    connection, customer.buyer.user_id, "benchmark"
                )
            tab = await stack.enter_async_context(
                open_tab(origin, f"/en/order/{order.id}", f"sid={token}", keeps=False)
            )
            await tab.until("order_page", lambda page: page.get("phase") == "shown", seconds=60)
        watched = Watched(order, tab)
        tab.on_change = watched.look
        return watched

    return list(await asyncio.gather(*(open_one(*pair) for pair in orders)))


async def _deliver(
    services: Services, watched: Sequence[Watched], *, pause_s: float
) -> list[float]:
    """Milliseconds from recording an SMS to its arrival in the page, sorted."""

    async def record(page: Watched) -> None:
        page.sms += 1
        page.seen.clear()
        body = f"Your code is {random.randint(10_000, 99_999)}"
        page.sent_at = time.perf_counter()
        await services.settlement.record_sms(page.order.id, [_sms(body)])

    recordings: list[asyncio.Task[None]] = []
    for page in random.sample(watched, len(watched)):
        recordings.append(asyncio.create_task(record(page)))
        if pause_s:
            await asyncio.sleep(pause_s)
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*recordings)
        await asyncio.gather(*(page.seen.wait() for page in watched))
    return sorted((page.seen_at - page.sent_at) * 1000 for page in watched)


def _sms(body: str) -> IncomingSms:
    return IncomingSms(body=body, code=None, received_at=None)


def _push_row(
    figure: str, milliseconds: Sequence[float], p50_ms: int = P50_MS, p99_ms: int = P99_MS
) -> Row:
    p50 = statistics.median(milliseconds)
    p99 = milliseconds[min(len(milliseconds) - 1, len(milliseconds) * 99 // 100)]
    details: dict[str, Any] = {"p50_ms": p50, "p99_ms": p99, "max_ms": milliseconds[-1]}
    return Row(
        figure=f"{figure} (p50 / p99)",
        ours=f"{p50:.0f} / {p99:.0f} ms",
        baseline="",
        ratio=None,
        target=f"≤ {p50_ms} / {p99_ms} ms",
        is_met=p50 <= p50_ms and p99 <= p99_ms,
        details={**details, "count": len(milliseconds)},
    )


def _per_page_row(per_page_kb: float, empty_mb: float, settled_mb: float) -> Row:
    return Row(
        figure="memory per open page",
        ours=f"{per_page_kb:.0f} KB",
        baseline="",
        ratio=None,
        target=f"≤ {KB_PER_PAGE} KB",
        is_met=per_page_kb <= KB_PER_PAGE,
        details={"empty_mb": empty_mb, "settled_mb": settled_mb},
    )


def _process_row(process: Process, pages: int) -> Row:
    resident = process.rss_mb()
    return Row(
        figure=f"resident memory of the web process, {pages:,} open pages",
        ours=f"{resident:.0f} MB",
        baseline="",
        ratio=None,
        target=f"≤ {PROCESS_MB} MB",
        is_met=resident <= PROCESS_MB,
    )
