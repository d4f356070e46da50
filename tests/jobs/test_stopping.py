"""A worker that is told to stop: what is under way is finished, or cut off without a fuss."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from backend_jobs.__main__ import FINISH_S, RELEASE_S
from backend_jobs.runner import CUT_S, JobRunner
from jiema_app.bootstrap import CLOSE_S
from jiema_app.processes.children import STOP_TIMEOUT_S
from tests.support.cluster import Cluster
from tests.support.live import PATIENT_WORKER, LiveStack, live_stack
from tests.support.polling import until, until_told
from tests.support.ports import free_port
from tests.support.processes import Program
from tests.support.shop import Shop
from tests.support.signed_in import buy, sign_in

SETTINGS = {
    "JIEMA_LOG_FORMAT": "json",
    "SUPPLIER_MIN_CANCEL_S": "0",
    # It is the supplier that ends its silence, or our end, and never our impatience.
    "SUPPLIER_READ_TIMEOUT_S": "600",
}


@pytest.fixture
def stack(cluster: Cluster) -> Iterator[LiveStack]:
    with live_stack(cluster, worker=PATIENT_WORKER, settings=SETTINGS) as stack:
        yield stack


async def have_a_call_under_way(stack: LiveStack, *, silent_s: float) -> None:
    """Have the worker give a number back to a supplier that is silent for a while."""
    async with stack.supplier() as supplier:
        await supplier.behave(smsDelaySeconds=None, minCancelSeconds=0)
        await supplier.fault("setStatus", "timeout_after_commit", count=1, seconds=silent_s)
        member = await sign_in(stack)
        order = await buy(stack, member)
        async with stack.client(member.customer) as api:
            (await api.post(f"/api/v1/orders/{order['id']}/cancel")).raise_for_status()

        async def is_under_way() -> bool:
            return await supplier.requests("setStatus") > 0

        await until_told(is_under_way)


async def ask(stack: LiveStack, question: str) -> Any:
    async with stack.database() as database, database.connection() as connection:
        return await connection.fetchval(question)


def stop(stack: LiveStack) -> list[str]:
    """Stop the worker as a supervisor does; the errors and the cuts that it logged."""
    [worker] = stack.workers
    assert worker.stop() == 0
    entries = [orjson.loads(line) for line in worker.output.splitlines() if line.startswith("{")]
    assert entries[-1]["event"] == "worker stopped"
    assert asyncio.run(ask(stack, "select count(holder) from job_states")) == 0
    # The supplier may have started later than the worker, which is turbulence.
    events = [entry["event"] for entry in entries if entry["level"] != "info"]
    return [event for event in events if event != "job interrupted"]


def test_a_job_that_is_under_way_is_finished(stack: LiveStack) -> None:
    asyncio.run(have_a_call_under_way(stack, silent_s=5))
    assert stop(stack) == []
    assert asyncio.run(ask(stack, "select outcome from supplier_tasks")) == "OutcomeUnknown"


def test_a_job_that_never_ends_is_cut_off_without_an_error(stack: LiveStack) -> None:
    asyncio.run(have_a_call_under_way(stack, silent_s=3_000))
    assert stop(stack) == ["job cut off"]
    assert asyncio.run(ask(stack, "select outcome from supplier_tasks")) is None


def test_a_worker_that_waits_for_its_database_has_nothing_to_finish(tmp_path: Path) -> None:
    nowhere = LiveStack(f"postgresql://postgres@127.0.0.1:{free_port()}/none", tmp_path, SETTINGS)
    nowhere.web_ports.append(free_port())
    worker = Program(
        "worker",
        [sys.executable, "-m", "backend_jobs"],
        nowhere.environment(),
        tmp_path / "worker.log",
        lambda: "waiting for the database" in worker.output,
    )
    worker.start()
    assert worker.stop() == -signal.SIGTERM
    assert '"level": "error"' not in worker.output


def test_a_supervisor_is_more_patient_than_a_worker() -> None:
    assert FINISH_S + CUT_S + RELEASE_S + CLOSE_S < STOP_TIMEOUT_S


async def test_a_stopping_worker_begins_nothing(shop: Shop) -> None:
    runner = JobRunner(shop.services.jobs, "ann")
    began, may_end = asyncio.Event(), asyncio.Event()
    runs: list[str] = []

    async def work() -> None:
        runs.append("run")
        began.set()
        await may_end.wait()

    under_way = asyncio.create_task(runner.run_shared("some-job", work, interval_s=1))
    await began.wait()
    finishing = asyncio.create_task(runner.finish(60))
    await until(lambda: runner.is_stopping)
    await runner.run_shared("some-job", work, interval_s=1)
    may_end.set()
    await asyncio.gather(under_way, finishing)
    assert runs == ["run"]
