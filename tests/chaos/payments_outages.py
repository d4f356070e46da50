"""The node away, wrong or stuck, beside a real worker: it says so, and then nothing is missing."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from jiema_app.domain.ledger.verification import verify
from jiema_app.domain.recharges.views import RechargeView
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.integrations.postgres.pool import open_pool
from tests.chaos.evidence import logged_bugs
from tests.chaos.payments_node import NodeLevers
from tests.chaos.payments_plan import Scale
from tests.chaos.payments_stage import Counter, settings_of
from tests.chaos.result import Result
from tests.chaos.stack import UNLIMITED, breakable_cluster
from tests.support.live import LiveStack, live_stack

SCALE: Final = Scale(window_s=1800, rest_s=3600)
TWO_HOURS: Final = 2_400
"""Blocks."""

PATIENCE_S: Final = 240.0
CENTS: Final = 1_000

TROUBLE: Final = "select last_error from job_states where job = 'chain' and last_error is not null"
CREDITED: Final = "select from recharges where id = $1 and status = 'CREDITED'"
HALTED: Final = "select from chain_cursors where halted_because is not null"


def run_outages(*, blocks: int = TWO_HOURS) -> Result:
    """Every outage, one after the other, on one stack."""
    settings = {**UNLIMITED, **settings_of(SCALE)}
    with (
        breakable_cluster() as (cluster, _),
        live_stack(cluster, webs=0, workers=1, settings=settings) as live,
    ):
        return asyncio.run(_run(live, blocks))


async def _run(live: LiveStack, blocks: int) -> Result:
    result, began = Result("node outages"), time.monotonic()
    pool = await open_pool(live.database_address, name="chaos", size=4, statement_timeout_s=30)
    counter = Counter(PooledDatabase(pool), SCALE)
    try:
        async with httpx.AsyncClient(
            base_url=live.sandbox_origin, timeout=120, trust_env=False
        ) as http:
            drill = Outages(result, live, counter, NodeLevers(http))
            await drill.prepare()
            await drill.down_at_start()
            await drill.down_for_long(blocks)
            await drill.wrong_chain()
            await drill.stuck()
            await drill.another_past()
        proved = await verify(counter.database)
        if not proved.ok:
            result.broken.append(f"the books do not balance: {proved.as_json()}")
    finally:
        pool.terminate()
    result.details["logged"] = dict(logged_bugs(live.workers))
    result.figures["seconds"] = time.monotonic() - began
    return result


class Outages:
    """The drills, and what they have in common."""

    def __init__(self, result: Result, live: LiveStack, counter: Counter, node: NodeLevers) -> None:
        self._result = result
        self._live = live
        self._counter = counter
        self._node = node

    async def prepare(self) -> None:
        """A chain whose blocks come on demand, and users."""
        await self._node.order("mine", {"auto": False, "blocks": 1})
        await self._until("the chain is read", "select from chain_cursors")
        await self._counter.admit(10)
        await self._counter.pool.grow(10)

    async def down_at_start(self) -> None:
        """The worker starts before its node, says so, and reads once it is there."""
        (worker,) = self._live.workers
        opened = await self._counter.open(CENTS)
        worker.kill()
        self._live.sandbox.kill()
        await self._forget_trouble()
        worker.launch()
        await self._until("it says that the node is down", TROUBLE)
        await asyncio.to_thread(self._live.sandbox.start)
        await self._pay_and_await("node down at start", opened)

    async def down_for_long(self, blocks: int) -> None:
        """Nothing of a long outage is skipped: neither its first block nor its last."""
        views = [await self._counter.open(CENTS) for _ in range(3)]
        self._live.sandbox.kill()
        await self._forget_trouble()
        await self._until("it says that the node is down", TROUBLE)
        await asyncio.to_thread(self._live.sandbox.start)
        await self._node.order("behaviour", {"stuckSolid": True})
        for view in views:
            await self._pay(view)
            await self._node.mine(blocks // 2)
        await self._node.order("behaviour", {"stuckSolid": False})
        await self._node.mine()
        began = time.monotonic()
        for view in views:
            await self._until("paid during the outage", CREDITED, view.id)
        self._result.figures["caught_up_s"] = time.monotonic() - began
        self._result.figures["blocks"] = 3 * (blocks // 2)

    async def wrong_chain(self) -> None:
        """A node of another chain is refused, in words, and nothing is read from it."""
        (worker,) = self._live.workers
        opened = await self._counter.open(CENTS)
        await self._node.order("behaviour", {"wrongGenesis": True})
        worker.kill()
        await self._forget_trouble()
        worker.launch()
        await self._until("it says that the chain is wrong", TROUBLE + " and last_error = 'WrongChain'")  # fmt: skip
        at = await self._cursor()
        await self._pay(opened)
        await self._node.mine(5)
        await asyncio.sleep(4)
        if await self._cursor() != at:
            self._result.broken.append("a node of another chain was read")
        await self._node.order("behaviour", {"wrongGenesis": False})
        await self._await_credit("wrong chain", opened)

    async def stuck(self) -> None:
        """While no block becomes final nothing is credited."""
        opened = await self._counter.open(CENTS)
        await self._node.order("behaviour", {"stuckSolid": True})
        await self._pay(opened)
        await self._node.mine(10)
        await asyncio.sleep(4)
        if await self._counter.rows(CREDITED, opened.id):
            self._result.broken.append("credited by a block that was not final")
        await self._node.order("behaviour", {"stuckSolid": False})
        await self._node.mine()
        await self._await_credit("stuck", opened)

    async def another_past(self) -> None:
        """A chain that contradicts what was read halts everything until somebody looks."""
        opened = await self._counter.open(CENTS)
        (row,) = await self._counter.rows("select block_id from chain_cursors")
        await self._counter.rows("update chain_cursors set block_id = $1", "ab" * 32)
        await self._pay(opened)
        await self._node.mine(3)
        await self._until("reading is halted", HALTED)
        await self._counter.rows(
            "update chain_cursors set block_id = $1, halted_because = null", row["block_id"]
        )
        await self._await_credit("resumed", opened)

    async def _pay_and_await(self, name: str, view: RechargeView) -> None:
        await self._pay(view)
        await self._node.mine(3)
        await self._await_credit(name, view)

    async def _pay(self, view: RechargeView) -> None:
        await self._node.send([{"to": view.address, "amount": "10"}])
        await self._node.mine()

    async def _await_credit(self, name: str, view: RechargeView) -> None:
        await self._until(f"{name}: credited", CREDITED, view.id)

    async def _forget_trouble(self) -> None:
        await self._counter.rows("update job_states set last_error = null, lease_expires_at = now() "
                                 "where job = 'chain'")  # fmt: skip

    async def _cursor(self) -> int:
        (row,) = await self._counter.rows("select block_number from chain_cursors")
        number: int = row["block_number"]
        return number

    async def _until(self, name: str, question: str, *arguments: str) -> None:
        async def is_so() -> bool:
            return bool(await self._counter.rows(question, *arguments))

        if not await _comes_true(is_so):
            self._result.broken.append(f"not within {PATIENCE_S:.0f} s: {name}")


async def _comes_true(is_so: Callable[[], Awaitable[bool]]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if await is_so():
            return True
        await asyncio.sleep(0.1)
    return False
