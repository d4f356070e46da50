"""Running a job once: what its outcome leaves behind, and that no failure spreads."""

import asyncio
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from backend_jobs.runner import JobRunner
from jiema_app.domain.orders.supplier import SupplierUnavailable
from tests.support.shop import Shop

JOB = "some-job"


@pytest.fixture
def runner(shop: Shop) -> JobRunner:
    return JobRunner(shop.services.jobs, "ann")


async def test_a_job_that_holds_a_lease_is_told_when_it_began(
    shop: Shop, runner: JobRunner
) -> None:
    begun: list[datetime] = []

    async def work(started: datetime) -> datetime:
        begun.append(started)
        return started

    await runner.run_alone(JOB, work, interval_s=1, lease_s=60)
    assert await shop.fetchval("select watermark_at from job_states") == begun[0]


async def test_a_job_held_elsewhere_is_not_run(shop: Shop, runner: JobRunner) -> None:
    await shop.services.jobs.acquire(JOB, "bob", lease_s=60, interval_s=1)
    ran: list[datetime] = []

    async def work(started: datetime) -> None:
        ran.append(started)

    await runner.run_alone(JOB, work, interval_s=1, lease_s=60)
    assert ran == []


@pytest.mark.parametrize(
    "error", [SupplierUnavailable("down"), ConnectionError("gone"), ZeroDivisionError("a bug")]
)
async def test_a_failure_is_noted_and_does_not_spread(
    shop: Shop, runner: JobRunner, error: Exception
) -> None:
    async def work() -> None:
        raise error

    await runner.run_shared(JOB, work, interval_s=1)
    [pulse] = await shop.services.jobs.list_pulses()
    assert pulse.last_error == type(error).__name__
    assert pulse.last_succeeded_at is None


async def test_a_failure_keeps_how_far_the_job_had_got(shop: Shop, runner: JobRunner) -> None:
    async def work(started: datetime) -> datetime:
        return started

    async def fail(_started: datetime) -> datetime:
        raise SupplierUnavailable("down")

    await runner.run_alone(JOB, work, interval_s=1, lease_s=60)
    before = await shop.fetchval("select watermark_at from job_states")
    await runner.run_alone(JOB, fail, interval_s=1, lease_s=60)
    assert await shop.fetchval("select watermark_at from job_states") == before


async def fail_outside(_started: datetime) -> None:
    raise SupplierUnavailable("down")


async def test_who_fails_on_the_outside_world_hands_the_job_over(
    shop: Shop, runner: JobRunner
) -> None:
    """Perhaps only this worker's own network is broken: another must not wait for its lease."""
    bob, ran = JobRunner(shop.services.jobs, "bob"), asyncio.Event()

    async def work(_started: datetime) -> None:
        ran.set()

    await runner.run_alone(JOB, fail_outside, interval_s=1, lease_s=60)
    # It comes back at once, as a run that took longer than its interval does.
    await runner.run_alone(JOB, fail_outside, interval_s=1, lease_s=60)
    await bob.run_alone(JOB, work, interval_s=1, lease_s=60)
    assert ran.is_set()
    [pulse] = await shop.services.jobs.list_pulses()
    assert (pulse.holder, pulse.last_error) == ("bob", None)


async def test_who_failed_alone_tries_again(
    shop: Shop, runner: JobRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = asyncio.Event()

    async def work(_started: datetime) -> None:
        ran.set()

    monkeypatch.setattr("backend_jobs.runner.STEP_BACK", 0)
    await runner.run_alone(JOB, fail_outside, interval_s=1, lease_s=60)
    await runner.run_alone(JOB, work, interval_s=1, lease_s=60)
    assert ran.is_set()


async def test_a_bug_is_no_reason_to_hand_over(shop: Shop, runner: JobRunner) -> None:
    """It would be the same bug in every worker."""

    async def work(_started: datetime) -> None:
        raise ZeroDivisionError

    await runner.run_alone(JOB, work, interval_s=1, lease_s=60)
    assert (await shop.services.jobs.list_pulses())[0].holder == "ann"


async def test_a_job_taken_over_meanwhile_is_not_handed_over_again(
    shop: Shop, runner: JobRunner
) -> None:
    async def work(_started: datetime) -> None:
        await shop.execute("update job_states set holder = 'bob'")
        raise SupplierUnavailable("down")

    await runner.run_alone(JOB, work, interval_s=1, lease_s=60)
    assert (await shop.services.jobs.list_pulses())[0].holder == "bob"


@pytest.mark.parametrize(
    ("error", "event"),
    [(SupplierUnavailable("down"), "job interrupted"), (ZeroDivisionError("bug"), "job failed")],
)
async def test_the_same_failure_is_said_once_until_the_job_runs_again(
    runner: JobRunner, error: Exception, event: str
) -> None:
    is_broken = True

    async def work() -> None:
        if is_broken:
            raise error

    with capture_logs() as said:
        for _ in range(3):
            await runner.run_shared(JOB, work, interval_s=1)
        is_broken = False
        await runner.run_shared(JOB, work, interval_s=1)
        await runner.run_shared(JOB, work, interval_s=1)
    assert [line["event"] for line in said] == [event, "job runs again"]


async def test_a_job_of_every_second_writes_its_pulse_less_often(
    shop: Shop, runner: JobRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend_jobs.runner.PULSE_S", 3_600.0)
    runner._pulsed_at[JOB] = -3_600.0
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)

    await runner.run_shared(JOB, work, interval_s=1)
    first = await shop.fetchval("select last_succeeded_at from job_states")
    await runner.run_shared(JOB, work, interval_s=1)
    assert len(runs) == 2
    assert await shop.fetchval("select last_succeeded_at from job_states") == first


async def test_a_failure_that_cannot_be_noted_is_said_once(shop: Shop, runner: JobRunner) -> None:
    """Without the database nine jobs a second fail twice, and the disk may be what is full."""

    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        await shop.execute("alter table job_states rename to lost")
        raise SupplierUnavailable("down")

    with capture_logs() as said:
        for _ in range(3):
            await runner.run_shared(JOB, work, interval_s=0)
            await shop.execute("alter table lost rename to job_states")
            await shop.execute("update job_states set holder = null, lease_expires_at = null")
    assert [line["event"] for line in said] == ["job interrupted", "failure not noted"]
    assert runs == 3
