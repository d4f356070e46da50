"""Money that comes in by the chain: how soon it is credited, and what that asks of a node."""

import asyncio
import random
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import httpx

from benchmarks.arena import Arena, Process, environment_of, must, services_on
from benchmarks.catching_up import measure_catching_up
from benchmarks.report import Row
from jiema_app.bootstrap import Services
from jiema_app.domain.ledger.verification import verify
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.units import MicroUsdt

FEW: Final = 10
AMOUNT: Final = MicroUsdt(10_000_000)
AT_ONCE: Final = 12
LATENCY_LIMIT_S: Final = 3.0
REQUESTS_LIMIT: Final = 3.0
LOOK_EVERY_S: Final = 0.02
PATIENCE_S: Final = 60.0
SETTLING_BLOCKS: Final = 4
"""Until the reader has found the pace of the chain."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it.

    Attributes:
        blocks: For each count of requests.
        backlog: Blocks to catch up with.
    """

    recharges: int
    blocks: int
    payments: int
    backlog: int


FULL: Final = Size(recharges=10_000, blocks=30, payments=600, backlog=500)
QUICK: Final = Size(recharges=1_000, blocks=8, payments=100, backlog=100)


@dataclass(slots=True)
class Stage:
    """The worker, its node, and who waits for a payment."""

    control: httpx.AsyncClient
    services: Services
    worker: Process
    waiting: list[RechargeView] = field(default_factory=list)

    async def lever(self, name: str, **body: Any) -> Any:
        """Pull a lever of the chain."""
        return (await must(self.control.post(f"/control/tron/{name}", json=body))).json()

    async def requests(self) -> int:
        """How many the node has answered."""
        state = (await must(self.control.get("/control/state?limit=0"))).json()
        return int(sum(state["tron"]["requests"].values()))

    async def open(self, count: int) -> None:
        """Have so many more wait for their payment."""
        identity, semaphore = self.services.identity, asyncio.Semaphore(AT_ONCE)
        await self.services.pool.grow(count)
        users = []
        for _ in range(0, count, 100):
            async with self.services.database.transaction() as connection:
                users += [await identity.create(connection) for _ in range(100)]

        async def open_one(user: Any) -> RechargeView:
            async with semaphore:
                return await self.services.recharges.open(user, AMOUNT)

        self.waiting += await asyncio.gather(*(open_one(user) for user in users[:count]))


async def measure_payments(arena: Arena, tell: Callable[[str], None], *, quick: bool) -> list[Row]:
    """The figures of the chain, the worker's side of it."""
    size = QUICK if quick else FULL
    address = await arena.new_database()
    async with arena.sandbox() as control, services_on(address, control) as services:
        environment = environment_of(address, control, supplier_pace=0)
        with arena.worker(environment) as worker:
            stage = Stage(control, services, worker)
            await _await_reader(address)
            await stage.open(FEW)
            tell(f"chain: requests for each block, {FEW} open recharges")
            few = await _requests_per_block(stage, size)
            tell(f"chain: opening {size.recharges:,} recharges")
            await stage.open(size.recharges - len(stage.waiting))
            tell(f"chain: requests for each block, {size.recharges:,} open recharges")
            many = await _requests_per_block(stage, size)
            tell(f"chain: {size.payments} payments, a block every 3 s")
            rows = [_requests_row(few, many, size), await _latency(stage, address, size)]
        tell(f"chain: a backlog of {size.backlog} full blocks")
        addresses = [one.address for one in stage.waiting]
        rows += await measure_catching_up(arena, address, control, addresses, size.backlog)
        found = await verify(services.database)
        if not found.ok:
            raise RuntimeError(f"the books do not balance: {found.as_json()}")
    return rows


async def _await_reader(address: str) -> None:
    connection = await asyncpg.connect(address)
    async with asyncio.timeout(PATIENCE_S):
        while not await connection.fetchval("select count(*) from chain_cursors"):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await connection.close()


async def _requests_per_block(stage: Stage, size: Size) -> float:
    """Of blocks each of which holds a payment, though to a stranger."""
    await _pass_blocks(stage, SETTLING_BLOCKS)
    began, asked = (await stage.lever("mine", blocks=0))["head"], await stage.requests()
    head = await _pass_blocks(stage, size.blocks)
    made: int = await stage.requests() - asked
    return made / (head - int(began))


async def _pass_blocks(stage: Stage, blocks: int) -> int:
    """Let so many blocks come, with something in each."""
    head = first = int((await stage.lever("mine", blocks=0))["head"])
    while head < first + blocks:
        await stage.lever("transfer", to="bob", amount="1")
        before = head
        while head == before:
            await asyncio.sleep(0.05)
            head = int((await stage.lever("mine", blocks=0))["head"])
    return head


async def _latency(stage: Stage, address: str, size: Size) -> Row:
    """From the moment in which a block is final to the credit in the database."""
    waiting = stage.waiting[:]
    random.shuffle(waiting)
    paid, stage.waiting = waiting[: size.payments], waiting[size.payments :]
    final_at: dict[int, float] = {}
    async with _hearing(address) as told_at, _watching(stage, final_at):
        for view in paid:
            await asyncio.sleep(random.expovariate(size.payments / (size.blocks * 3.0)))
            await stage.lever("transfer", to=view.address, amount="10")
        ids = [view.id for view in paid]
        blocks = await _await_credits(address, ids)
        await asyncio.sleep(0.2)
    seconds = sorted(told_at[one] - final_at[blocks[one]] for one in ids)
    return _latency_row(seconds, size)


async def _await_credits(address: str, recharges: Sequence[str]) -> dict[str, int]:
    """The block of each payment, once all are credited."""
    connection = await asyncpg.connect(address)
    asked = "select recharge_id, block_number from payments where status = 'CREDITED' and recharge_id = any($1)"
    rows: Sequence[Any] = ()
    async with asyncio.timeout(PATIENCE_S):
        while len(rows) < len(recharges):
            await asyncio.sleep(0.5)
            rows = await connection.fetch(asked, recharges)
    await connection.close()
    return {row["recharge_id"]: row["block_number"] for row in rows}


@asynccontextmanager
async def _hearing(address: str) -> AsyncIterator[dict[str, float]]:
    """When each recharge last changed: nothing changes after its credit."""
    told_at: dict[str, float] = {}

    def hear(*notice: Any) -> None:
        told_at[notice[-1].split()[0]] = time.perf_counter()

    connection = await asyncpg.connect(address)
    await connection.add_listener("recharge_changed", hear)
    try:
        yield told_at
    finally:
        await connection.close()


@asynccontextmanager
async def _watching(stage: Stage, final_at: dict[int, float]) -> AsyncIterator[None]:
    """Note when the node says that a block is final, without counting as a request."""
    last = int((await stage.lever("mine", blocks=0))["solid"])

    async def watch(last: int) -> None:
        while True:
            solid = int((await stage.lever("mine", blocks=0))["solid"])
            for number in range(last + 1, solid + 1):
                final_at[number] = time.perf_counter()
            last = max(last, solid)
            await asyncio.sleep(LOOK_EVERY_S)

    watcher = asyncio.create_task(watch(last))
    try:
        yield
    finally:
        watcher.cancel()


def _requests_row(few: float, many: float, size: Size) -> Row:
    return Row(
        figure=f"node requests for each block, {FEW} / {size.recharges:,} open recharges",
        ours=f"{few:.2f} / {many:.2f}",
        baseline="",
        ratio=None,
        target=f"the same, ≤ {REQUESTS_LIMIT:g}",
        is_met=max(few, many) <= REQUESTS_LIMIT and abs(many - few) < 0.25,
        details={"few": few, "many": many, "blocks": size.blocks},
    )


def _latency_row(seconds: Sequence[float], size: Size) -> Row:
    p50, p99 = statistics.median(seconds), seconds[len(seconds) * 99 // 100]
    return Row(
        figure=f"credited after the block is final, {size.recharges:,} open (p50 / p99)",
        ours=f"{p50:.2f} / {p99:.2f} s",
        baseline="",
        ratio=None,
        target=f"≤ {LATENCY_LIMIT_S:g} s",
        is_met=p99 <= LATENCY_LIMIT_S,
        details={"p50_s": p50, "p99_s": p99, "max_s": seconds[-1], "count": len(seconds)},
    )
