"""Jobs go on though the clock of the machine is set, in either direction."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from functools import partial

import pytest
from apscheduler.schedulers import base
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from backend_jobs import beats
from backend_jobs.beats import Beat, follow_clock
from backend_jobs.schedule import Job, fill

EVERY_S = 0.02
LOOK_S = 0.05


class Clock:
    """The clock of this machine, and by how much it is wrong."""

    def __init__(self) -> None:
        self.wrong_by = dt.timedelta()

    def now(self, zone: dt.tzinfo) -> dt.datetime:
        return dt.datetime.now(zone) + self.wrong_by


class Runner:
    """Counts runs instead of making them."""

    runs = 0

    async def run_shared(self, *_: object, **__: object) -> None:
        self.runs += 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(base, "datetime", clock)
    monkeypatch.setattr(beats, "datetime", clock)
    return clock


@pytest.fixture
async def runner(clock: Clock) -> AsyncIterator[Runner]:
    runner, scheduler = Runner(), AsyncIOScheduler(timezone="UTC")
    assert clock.wrong_by == dt.timedelta()
    fill(scheduler, runner, [Job("some-job", EVERY_S, asyncio.sleep)])  # type: ignore[arg-type]
    scheduler.start()
    following = asyncio.create_task(partial(follow_clock, scheduler, LOOK_S)())
    yield runner
    following.cancel()
    scheduler.shutdown(wait=False)


async def is_running(runner: Runner) -> bool:
    """Whether it runs again and again, and not once more."""
    before = runner.runs
    for _ in range(100):
        await asyncio.sleep(EVERY_S)
        if runner.runs >= before + 5:
            return True
    return False


@pytest.mark.parametrize("hours", [-2, -24 * 365, 2, 24 * 365 * 30])
async def test_jobs_run_on_when_the_clock_is_set_and_set_right(
    runner: Runner, clock: Clock, hours: int
) -> None:
    assert await is_running(runner)
    clock.wrong_by = dt.timedelta(hours=hours)
    assert await is_running(runner)
    clock.wrong_by = dt.timedelta()
    assert await is_running(runner)


async def test_what_was_missed_is_run_once() -> None:
    now = dt.datetime.now(dt.UTC)
    beat = Beat(10)
    assert beat.get_next_fire_time(None, now) == now
    assert beat.get_next_fire_time(now, now) == now + dt.timedelta(seconds=10)
    long_ago = now - dt.timedelta(days=20_000)
    assert beat.get_next_fire_time(long_ago, now) == now + dt.timedelta(seconds=10)
