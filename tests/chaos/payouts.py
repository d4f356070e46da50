"""The payouts' storm: ``kill -9`` at every step that is kept, while nodes fail in every way.

Owners ask, people decide, two signers and two workers do the rest; each of them is killed at
every step that it keeps, and at moments that nobody chose. In the end every withdrawal was paid
exactly once, or given back, and chain and books agree to the micro.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sandbox.tron.faults import OF_BROADCASTS, Kind
from tests.chaos.evidence import folder_of
from tests.chaos.payouts_lives import FELL_OVER
from tests.chaos.payouts_nursery import Life
from tests.chaos.payouts_people import People
from tests.chaos.payouts_plan import Scale
from tests.chaos.payouts_points import Role, is_rare, points_of
from tests.chaos.payouts_stage import (
    EXPIRATION_S,
    Stage,
    crash_database,
    open_stage,
    stage_folder,
)
from tests.chaos.payouts_verdict import judge_payouts
from tests.chaos.result import Result
from tests.chaos.stack import breakable_cluster
from tests.support.cluster import Cluster
from tests.support.house import HOT

BEAT_S: Final = 0.4
"""Between two blocks."""
LIFE_S: Final = (2.0, 8.0)
"""A life that meets no end of its own is ended from outside after this."""
LEAP_S: Final = EXPIRATION_S + 12
LEAP_EVERY_S: Final = 4.0
WAITING: Final = """
select from payout_attempts where outcome is null and first_sent_at < now() - interval '3 s' limit 1
"""
"""What was sent and comes into no block: its time is to pass."""

DRAIN_S: Final = 240.0
SHOWN_MAX: Final = 20

TROUBLES: Final[Sequence[Kind]] = (
    "http429", "http500", "http503", "error_200", "bare_text", "truncated", "drop_before",
    "empty_object", "applied_then_504", "hang", "empty_receipts", "partial_receipts",
)  # fmt: skip
"""Of any request; at low rates, for an approval makes dozens of them."""
RATES: Final = (0.01, 0.02, 0.04)
OF_A_PAYMENT: Final = (*sorted(OF_BROADCASTS - {"dup_unknown"}), "accepted_then_504")
"""A duplicate that nobody has stays one for an hour: that is tried in the tests of broadcasts."""


@dataclass
class Storm:
    """Who lives, who is killed, and where."""

    stage: Stage
    scale: Scale
    chance: random.Random
    at: Counter[str] = field(default_factory=Counter)
    anywhere: int = 0
    fell_over: Counter[str] = field(default_factory=Counter)
    is_calm: bool = False

    def missing(self, *roles: Role) -> list[str]:
        """Points at which too few were killed so far."""
        points = (point for role in roles or tuple(Role) for point in points_of(role))
        return [one for one in points if self.at[one] < self.scale.each and not is_rare(one)]

    @property
    def kills(self) -> int:
        """Of all kinds."""
        return self.at.total() + self.anywhere

    def arms(self, role: Role) -> list[str]:
        """Where the next one of a role ends."""
        if self.is_calm:
            return []
        missing = self.missing(role)
        missing += [one for one in points_of(role) if is_rare(one) and not self.at[one]]
        if not missing and self.kills < self.scale.kills:
            return self.chance.choices(points_of(role), k=3)
        return missing

    def begin_desk(self, acts: Sequence[Mapping[str, Any]]) -> Life:
        """A life that does something once."""
        life = self.stage.nursery.begin(Role.DESK, self.arms(Role.DESK), acts)
        asyncio.get_running_loop().create_task(self._count(life)).add_done_callback(_raise)
        return life

    async def keep(self, role: Role) -> None:
        """Have one of a role live, again and again."""
        while True:
            life = self.stage.nursery.begin(role, self.arms(role))
            counted = asyncio.create_task(self._count(life))
            is_killed = False
            while not life.over.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(life.over.wait(), self.chance.uniform(*LIFE_S))
                if not life.over.is_set() and not self.is_calm:
                    is_killed = True
                    self.stage.nursery.kill(life)
                    await life.over.wait()
            await counted
            self.anywhere += is_killed and life.point is None

    async def _count(self, life: Life) -> None:
        await life.over.wait()
        if life.point is not None:
            self.at[life.point] += 1
        elif life.code == FELL_OVER:
            self.fell_over[life.role] += 1


def _raise(task: "asyncio.Task[None]") -> None:
    if not task.cancelled():
        task.result()


def run_payouts(seed: int, scale: Scale, cluster: Cluster | None = None) -> Result:
    """Run a storm on a sandbox and a nursery of its own.

    Args:
        seed: Decides who wants what.
        scale: How much of everything; no restarts on a server that others use.
        cluster: Where its database is made; without, a server of its own.
    """

    async def run(where: Cluster, data_dir: Path | None) -> Result:
        async with open_stage(where, data_dir, folder, scale) as stage:
            return await _run(seed, scale, stage)

    with stage_folder() as folder:
        if cluster is not None:
            return asyncio.run(run(cluster, None))
        with breakable_cluster() as (own, data_dir):
            return asyncio.run(run(own, data_dir))


async def _run(seed: int, scale: Scale, stage: Stage) -> Result:
    result, began = Result("payouts"), time.monotonic()
    storm = Storm(stage, scale, random.Random(seed))
    people = People(stage, random.Random(seed + 1), storm.begin_desk, scale.open_at_once)
    opening = await stage.balance(HOT)
    crew = [
        asyncio.create_task(one)
        for one in (
            people.work(),
            *(storm.keep(role) for role in (Role.SIGNER, Role.READER) for _ in range(2)),
            stage.node.mine_on(BEAT_S),
        )
    ]
    try:
        await _rage(storm, people, crew)
        result.figures["storm_s"] = time.monotonic() - began
        await _drain(storm, people, crew)
    finally:
        for task in crew:
            task.cancel()
        await asyncio.gather(*crew, return_exceptions=True)
    await stage.nursery.close()
    await people.look()
    verdict = await judge_payouts(stage, people.stories, opening, sum(people.stolen.values()))
    result.figures |= {
        "seed": seed,
        "withdrawals": len(people.stories),
        "kills": storm.kills,
        "at_steps": storm.at.total(),
        "steps": len({one.split()[1] for one in storm.at}),
        "points": len(storm.at),
        **{name.replace(" ", "_"): number for name, number in sorted(verdict.figures.items())},
        "seconds": time.monotonic() - began,
    }
    result.broken += verdict.broken[:SHOWN_MAX]
    result.broken += [f"nobody was killed at {one} often enough" for one in storm.missing()]
    result.broken += [
        f"a {role} fell over {count} times" for role, count in storm.fell_over.items()
    ]
    open_still = [one.seen for one in people.stories if not one.is_over]
    result.broken += [f"not over: {one and dict(one)}" for one in open_still[:SHOWN_MAX]]
    result.details |= {"at": dict(sorted(storm.at.items())), "acts": dict(people.acts)}
    if not result.ok:
        evidence = folder_of(f"payouts-{seed}")
        for log in stage.folder.glob("*.log"):
            (evidence / log.name).write_bytes(log.read_bytes())
        result.figures["evidence"] = evidence
    return result


async def _rage(storm: Storm, people: People, crew: Sequence["asyncio.Task[None]"]) -> None:
    """Until everybody was killed everywhere, or the time is over."""
    loop = asyncio.get_running_loop()
    began, leapt = loop.time(), 0.0
    restarts = [storm.scale.seconds * (n + 1) / 60 for n in range(storm.scale.restarts)]
    troubles = asyncio.create_task(_trouble(storm))
    try:
        while (passed := loop.time() - began) < storm.scale.seconds:
            _raise_ended(crew)
            is_done = not storm.missing() and storm.kills >= storm.scale.kills
            people.asks = len(people.stories) < storm.scale.withdrawals or not is_done
            if not people.asks:
                return
            if passed - leapt > LEAP_EVERY_S:
                leapt = passed
                if await storm.stage.rows(WAITING):
                    await storm.stage.leap(LEAP_S)
                await _provoke(storm, people)
            if restarts and passed > restarts[0]:
                del restarts[0]
                await asyncio.to_thread(crash_database, storm.stage)
            await asyncio.sleep(0.1)
        people.asks = False
    finally:
        troubles.cancel()
        await asyncio.gather(troubles, return_exceptions=True)


def _raise_ended(crew: Sequence["asyncio.Task[None]"]) -> None:
    for task in crew:
        if task.done():
            task.result()


async def _provoke(storm: Storm, people: People) -> None:
    """What has a halt, an explanation, and transfers that no payout made."""
    node = storm.stage.node
    if any("HALT" in one or "EXPLAIN" in one for one in storm.missing()):
        await people.steal()
    await node.order("transfer", {"from": "alice", "to": "hot", "amount": "3", "token": "fake"})
    await node.order("faucet", {"address": "hot", "usdt": "1", "mine": False})
    storm.stage.funded += 1_000_000


async def _trouble(storm: Storm) -> None:
    """Have nodes fail, in every way there is, for a while each."""
    node, chance = storm.stage.node, storm.chance
    names = ("first", "second") if storm.scale.has_two_nodes else ("first",)
    orders: list[dict[str, Any]] = []
    try:
        while True:
            name = chance.choice(names)
            orders = [
                {"kind": kind, "rate": chance.choice(RATES), "seconds": 1.0, "node": name}
                for kind in chance.choices(TROUBLES, k=1)
            ]
            for order in orders:
                if order["kind"].endswith("_receipts"):
                    order["action"] = "gettransactioninfobyblocknum"
            for kind in chance.choices(OF_A_PAYMENT, k=2):
                payment = {"kind": kind, "rate": 0.5, "node": name}
                orders.append(payment | {"action": "broadcasttransaction"})
            for order in orders:
                await node.order("faults", order)
            await asyncio.sleep(chance.uniform(0.3, 1.2))
            await _mend(node, orders)
            await asyncio.sleep(chance.uniform(0.3, 2.0))
    finally:
        await _mend(node, orders)


async def _mend(node: Any, orders: Sequence[Mapping[str, Any]]) -> None:
    for order in orders:
        known = {name: order[name] for name in ("kind", "node", "action") if name in order}
        await node.order("faults", known | {"rate": 0})


async def _drain(storm: Storm, people: People, crew: Sequence["asyncio.Task[None]"]) -> None:
    """Nobody is killed any more, and no node fails: everything ends."""
    storm.is_calm = True
    loop = asyncio.get_running_loop()
    until, leap_at = loop.time() + DRAIN_S, loop.time() + LEAP_EVERY_S
    while loop.time() < until:
        _raise_ended(crew)
        await people.look()
        if not people.open and not await storm.stage.rows(
            "select 1 from payments where status = 'NEW' or is_unexplained"
        ):
            return
        if loop.time() > leap_at:
            leap_at = loop.time() + 2 * LEAP_EVERY_S
            await storm.stage.leap(LEAP_S)
        await asyncio.sleep(0.2)
