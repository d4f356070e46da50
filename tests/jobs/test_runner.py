"""Running a job once: what its outcome leaves behind, and that no failure spreads."""

from datetime import datetime

import pytest

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
