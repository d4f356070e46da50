"""The payments' storm: money comes in by the chain while the readers are being killed.

Users open recharges through the service; the sandbox's node takes payments of every kind;
two real workers read the chain and are killed again and again while the node fails in
every way it can. At the end an oracle reads the chain by itself and says what each
transfer should have come to.
"""

import asyncio
import random
import time
from collections import Counter as Tally
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from jiema_app.domain.ledger.verification import verify
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.integrations.postgres.pool import open_pool
from tests.chaos.evidence import copy_files, folder_of, logged_bugs
from tests.chaos.payments_node import NodeLevers
from tests.chaos.payments_plan import Plan
from tests.chaos.payments_stage import Counter, settings_of
from tests.chaos.payments_verdict import SHOWN_MAX, judge
from tests.chaos.payments_wave import Purses, Wave
from tests.chaos.result import Result
from tests.chaos.stack import UNLIMITED, breakable_cluster
from tests.support.live import LiveStack, live_stack

QUIET_S: Final = 240.0
"""After the last wave everything is read, judged and closed within this."""

USERS_MAX: Final = 20_000

OPEN_ENDS: Final = """
select (select block_number from chain_cursors) as read,
    (select count(*) from payments where status = 'NEW') as new,
    (select count(*) from recharges where not is_closed) as waiting
"""


END_LEASES: Final = "update job_states set lease_expires_at = now() where job = 'chain'"
SECOND_READER_S: Final = 1.5


@dataclass(slots=True)
class Killer:
    """``kill -9`` of workers at planned times; whatever ended is started again at once."""

    live: LiveStack
    counter: Counter
    landed: int = 0
    fell_over: Tally[str] = field(default_factory=Tally)

    async def kill_all(self, kills: list[tuple[float, int]]) -> None:
        """Land every blow.

        A lease ends with its holder, so that time is not spent on waiting for it; every
        other time a moment before, so that two read at once.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        for at_s, number in kills:
            await asyncio.sleep(max(0.0, began + at_s - loop.time()))
            worker = self.live.workers[number % len(self.live.workers)]
            if self.landed % 2:
                await self.counter.rows(END_LEASES)
                await asyncio.sleep(SECOND_READER_S)
            worker.kill()
            # From this thread: the program dies with the thread that started it.
            worker.launch()
            await self.counter.rows(END_LEASES)
            self.landed += 1

    async def keep_alive(self) -> None:
        """Start again whatever ended by itself, until cancelled."""
        while True:
            for program in self.live.programs:
                if not program.is_running:
                    self.fell_over[program.name] += 1
                    program.launch()
            await asyncio.sleep(0.1)


def run_payments(plan: Plan) -> Result:
    """Run a plan on a stack of its own."""
    settings = {**UNLIMITED, **settings_of(plan.scale)}
    with (
        breakable_cluster() as (cluster, _),
        live_stack(cluster, webs=0, workers=2, settings=settings) as live,
    ):
        return asyncio.run(_run(plan, live))


async def _run(plan: Plan, live: LiveStack) -> Result:
    result, began = Result("payments"), time.monotonic()
    pool = await open_pool(live.database_address, name="chaos", size=14, statement_timeout_s=60)
    counter = Counter(PooledDatabase(pool), plan.scale)
    try:
        async with httpx.AsyncClient(
            base_url=live.sandbox_origin, timeout=120, trust_env=False
        ) as http:
            node = NodeLevers(http, plan.scale.pause_s)
            sent = await _storm(result, plan, live, counter, node)
            result.figures |= {
                "seed": plan.seed,
                "plan": plan.digest,
                "transfers": sum(sent.values()),
                "recharges": len(counter.told),
                "seconds": time.monotonic() - began,
                "faults": (await node.state())["faultsHit"],
            }
            result.details["sent"] = {str(shot): number for shot, number in sorted(sent.items())}
            result.details["refusedToOpen"] = counter.refused
            verdict = await judge(counter, http, plan.scale)
        result.broken += verdict.broken[:SHOWN_MAX]
        result.details |= {"brokenInAll": len(verdict.broken), "outcomes": verdict.figures}
        result.figures |= verdict.summary()
        proved = await verify(counter.database)
        if not proved.ok:
            result.broken.append(f"the books do not balance: {proved.as_json()}")
        if not result.ok:
            await _keep_evidence(result, live, counter)
    finally:
        pool.terminate()
    return result


async def _storm(
    result: Result, plan: Plan, live: LiveStack, counter: Counter, node: NodeLevers
) -> Tally[str]:
    """Everything up to the silence after it; returns what was sent, by kind."""
    scale = plan.scale
    sent: Tally[str] = Tally()
    await node.order("mine", {"auto": False, "blocks": 1})
    longest = max(len(stories) for stories in plan.waves)
    await counter.admit(min(USERS_MAX, longest * min(8, scale.waves)))
    await counter.pool.grow(longest * 2 + 100)
    await _await_first_read(counter)
    purses, killer = Purses(node), Killer(live, counter)
    chores = [
        asyncio.create_task(node.mine_on(scale.beat_s)),
        asyncio.create_task(killer.keep_alive()),
    ]
    faults = asyncio.create_task(node.trouble(random.Random(plan.seed)))
    try:
        async with asyncio.TaskGroup() as storm:
            storm.create_task(killer.kill_all(plan.kills))
            for number, (stories, aside) in enumerate(zip(plan.waves, plan.aside, strict=True)):
                chance = random.Random(f"{plan.seed}-{number}")
                wave = Wave(counter, node, purses, chance, sent)
                storm.create_task(wave.play(stories, aside))
                await asyncio.sleep(scale.wave_s)
        (row,) = await counter.rows(OPEN_ENDS)
        result.figures["blocks"] = (await node.state())["solid"]
        result.figures["unread"] = result.figures["blocks"] - row["read"]
        faults.cancel()
        await asyncio.gather(faults, return_exceptions=True)
        await _await_quiet(result, counter, node)
    finally:
        for chore in (*chores, faults):
            chore.cancel()
        await asyncio.gather(*chores, faults, return_exceptions=True)
    result.figures["kills"] = killer.landed
    result.broken += [f"{name} ended by itself" for name in killer.fell_over]
    for worker in live.workers:
        worker.stop()
    result.broken += [f"logged {n} times {bug}" for bug, n in logged_bugs(live.workers).items()]
    return sent


async def _await_first_read(counter: Counter) -> None:
    async with asyncio.timeout(QUIET_S):
        while not await counter.rows("select from chain_cursors"):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def _await_quiet(result: Result, counter: Counter, node: NodeLevers) -> None:
    """Wait until every final block is read, every payment judged, every window closed."""
    began = time.monotonic()
    ends: dict[str, Any] = {}
    while time.monotonic() - began < QUIET_S:
        (row,) = await counter.rows(OPEN_ENDS)
        ends = dict(row)
        if not ends["new"] and not ends["waiting"]:
            async with node.turn:
                solid = (await node.state())["solid"]
                if await _has_read(counter, solid):
                    result.figures["quiet_s"] = time.monotonic() - began
                    await node.order("behaviour", {"stuckSolid": True})
                    return
        await asyncio.sleep(0.5)
    result.broken.append(f"{QUIET_S:.0f} s after the last wave not in order: {ends}")


async def _has_read(counter: Counter, solid: int) -> bool:
    """Whether the workers reach a block within a few seconds, with nothing left to judge."""
    for _ in range(50):
        (row,) = await counter.rows(OPEN_ENDS)
        if row["read"] >= solid and not row["new"]:
            return True
        await asyncio.sleep(0.2)
    return False


async def _keep_evidence(result: Result, live: LiveStack, counter: Counter) -> None:
    folder = folder_of(f"payments-{result.figures['seed']}")
    for table in ("payments", "recharges", "wallets", "chain_cursors", "job_states"):
        rows = await counter.rows(f"select to_jsonb(t)::text as line from {table} t")
        (folder / f"{table}.jsonl").write_text("".join(f"{row['line']}\n" for row in rows))
    copy_files(live, folder)
    result.figures["evidence"] = folder
