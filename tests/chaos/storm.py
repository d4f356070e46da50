"""The storm: users who order, poll, cancel, while everything under them is being killed."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from jiema_app.domain.transaction import DATABASE_TROUBLES, PooledDatabase
from jiema_app.integrations.postgres.pool import open_pool
from tests.chaos.commissions import find_odd_commissions
from tests.chaos.crowd import Crowd
from tests.chaos.evidence import copy_files, folder_of, logged_bugs, write_rows
from tests.chaos.figures import compare_figures, watch_figures
from tests.chaos.memory import Memory
from tests.chaos.plan import Plan, Victim
from tests.chaos.result import Result
from tests.chaos.stack import (
    IMPATIENT,
    MIN_CANCEL_S,
    WINDOW_S,
    BreakableStack,
    breakable_stack,
)
from tests.chaos.strikes import Striker
from tests.chaos.verdict import SHOWN_MAX, judge, read_supplier
from tests.chaos.wreckage import GRACE_S, LooseEnds, look
from tests.support.shop import Customer, Supplier

MEND_PAUSE_S: Final = 0.5
MEND_S: Final = 60.0

RECOVERY_S: Final = 60.0
"""After the last blow everything is in order within this, on a machine that does nothing else."""

LAST_WINDOW_S: Final = WINDOW_S + 30.0
"""And a while later every order has ended."""

PAIRS: Final = """
select service_code, country_id from offers o
join services s on s.code = o.service_code join countries c on c.id = o.country_id
where s.is_enabled and c.is_enabled and coalesce(s.compliance_override, s.compliance) <> 'denied'
  and c.compliance <> 'denied' and o.cost_micro < 300000
order by o.count desc, service_code, country_id limit 6
"""

PATIENCE_S: Final = 30.0
"""ORDER_EXPIRY_PATIENCE_S, as it is by default."""

FIRST_CENTS: Final = 300
"""What everybody starts with: enough for some orders, so that some are refused."""

# The purchase answers late, beyond our time-out, as well as never.
FAULTS: Final[tuple[tuple[str, str, float, float], ...]] = (
    ("getNumberV2", "timeout_after_commit", 0.2, 2.5),
    ("setStatus", "timeout_after_commit", 0.2, 0.0),
    ("getActiveActivations", "timeout_after_commit", 0.2, 0.0),
    ("getStatusV2", "timeout_after_commit", 0.2, 0.0),
    ("getAllSms", "timeout_after_commit", 0.2, 0.0),
    ("*", "garbage", 0.02, 0.0),
)
"""Action, kind, rate, seconds of silence."""

BEHAVIOUR: Final[dict[str, Any]] = {
    # About half of the numbers hear something within the window.
    "smsDelaySeconds": [1.0, 60.0],
    "minCancelSeconds": MIN_CANCEL_S,
    "duplicateSmsRate": 0.05,
    "webhookDuplicates": 0.05,
    "webhookRetrySeconds": 2,
}


def run_storm(plan: Plan, *, recovery_s: float = RECOVERY_S) -> Result:
    """Run a plan on a stack of its own; in order again is what is so after ``recovery_s``."""
    with breakable_stack(IMPATIENT) as stack:
        return asyncio.run(_run(plan, stack, recovery_s))


async def _run(plan: Plan, stack: BreakableStack, recovery_s: float) -> Result:
    live = stack.live
    pool = await open_pool(live.database_address, name="chaos", size=8, statement_timeout_s=30)
    database = PooledDatabase(pool)
    result = Result("storm")
    try:
        memory = await _populate(plan, stack, database)
        async with (
            httpx.AsyncClient(base_url=live.sandbox_origin, timeout=10, trust_env=False) as http,
            Crowd(plan, live, database, memory, await _pairs(database)) as crowd,
        ):
            await _break_supplier(Supplier(http))
            began = time.monotonic()
            striker = Striker(stack)
            keeper = asyncio.create_task(striker.keep_alive())
            try:
                async with asyncio.TaskGroup() as everything:
                    everything.create_task(crowd.act_all())
                    everything.create_task(striker.strike_all(plan.strikes))
                    everything.create_task(watch_figures(database, result))
                await _mend_supplier(Supplier(http))
                looked_at = await _await_order(
                    result, plan, database, http, striker.last_at, recovery_s
                )
            finally:
                keeper.cancel()
        result.figures |= _figures(plan, memory, striker, began)
        await compare_figures(database, result)
        await _judge(result, stack, database, memory, looked_at)
    finally:
        pool.terminate()
    result.details |= {
        "answers": dict(sorted(memory.answers.items())),
        "fellOver": dict(striker.fell_over),
        "databaseDownSeconds": striker.database_down_s,
    }
    return result


async def _populate(plan: Plan, stack: BreakableStack, database: PooledDatabase) -> Memory:
    customers: list[Customer] = []
    for number in range(plan.scale.users):
        # Two of three came by the link of somebody before them.
        referrer = customers[number // 3] if number % 3 else None
        customers.append(await stack.live.customer(cents=FIRST_CENTS, referrer=referrer))
    memory = Memory(customers)
    memory.credited_micro.update(dict.fromkeys(range(len(customers)), FIRST_CENTS * 10_000))
    return memory


async def _pairs(database: PooledDatabase) -> list[tuple[str, int]]:
    async with database.connection() as connection:
        rows = await connection.fetch(PAIRS)
    return [(row["service_code"], row["country_id"]) for row in rows]


async def _break_supplier(supplier: Supplier) -> None:
    await supplier.behave(**BEHAVIOUR)
    for action, kind, rate, seconds in FAULTS:
        await supplier.fault(action, kind, rate=rate, seconds=seconds)


async def _mend_supplier(supplier: Supplier) -> None:
    """End its faults with the last blow: what is still wrong then is our own doing."""
    for _ in range(int(MEND_S / MEND_PAUSE_S)):
        try:
            for action, kind, _, _ in FAULTS:
                await supplier.fault(action, kind, rate=0)
        except httpx.TransportError:
            await asyncio.sleep(MEND_PAUSE_S)
        else:
            return
    raise AssertionError("the sandbox did not come back")


async def _await_order(
    result: Result,
    plan: Plan,
    database: PooledDatabase,
    http: httpx.AsyncClient,
    last_blow_at: float,
    recovery_s: float,
) -> datetime | None:
    """Wait until nothing is stuck, and then until every order has ended.

    Returns:
        When nothing was stuck, by the database's clock.
    """
    ends: LooseEnds | None = None
    while (passed := time.monotonic() - last_blow_at) < recovery_s + LAST_WINDOW_S:
        is_clean = "recovered_s" in result.figures
        with suppress(httpx.HTTPError, *DATABASE_TROUBLES):
            ends = await look(database, http, grace_s=0 if is_clean else GRACE_S)
            if not is_clean and ends.is_clean:
                result.figures["recovered_s"] = passed
                if not plan.scale.until_over:
                    return ends.looked_at
            if is_clean and ends.is_over:
                result.figures["all_ended_s"] = passed
                return ends.looked_at
        if passed > recovery_s and "recovered_s" not in result.figures:
            break
        await asyncio.sleep(0.5)
    wrong = "nothing could be looked at" if ends is None else f"{ends.wrong()}, {ends.open} open"
    result.broken.append(f"{passed:.0f} s after the last blow not in order: {wrong}")
    return None if ends is None else ends.looked_at


def _figures(plan: Plan, memory: Memory, striker: Striker, began: float) -> dict[str, Any]:
    kills = sum(striker.landed.values()) - striker.landed[Victim.DATABASE]
    return {
        "seed": plan.seed,
        "plan": plan.digest,
        "steps": len(plan.steps),
        "orders": len(memory.orders),
        "kills": kills,
        "restarts": striker.landed[Victim.DATABASE],
        "seconds": time.monotonic() - began,
    }


async def _judge(
    result: Result,
    stack: BreakableStack,
    database: PooledDatabase,
    memory: Memory,
    looked_at: datetime | None,
) -> None:
    ours = [*stack.live.workers, *stack.live.webs]
    for program in (*ours, stack.live.sandbox):
        program.stop()
    verdict = await judge(
        database,
        memory,
        read_supplier(stack.live.folder),
        patience_s=PATIENCE_S,
        # A call that was queued a moment before all was in order may still have to be made.
        under_way_since=(looked_at or datetime.now(UTC)) - timedelta(seconds=GRACE_S),
    )
    result.broken += verdict.broken[:SHOWN_MAX]
    result.broken += (await find_odd_commissions(database))[:SHOWN_MAX]
    result.details["brokenInAll"] = len(verdict.broken)
    result.details["ends"] = dict(sorted(verdict.figures.items()))
    result.broken += [f"logged {count} times {bug}" for bug, count in logged_bugs(ours).items()]
    proved = await stack.live.verify()
    result.figures["transfers"] = proved.transfers
    if not proved.ok:
        result.broken.append(f"the books do not balance: {proved.as_json()}")
    if not result.ok:
        folder = folder_of(f"storm-{result.figures['seed']}")
        await write_rows(database, folder)
        copy_files(stack.live, folder)
        result.figures["evidence"] = folder
