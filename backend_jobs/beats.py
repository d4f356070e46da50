"""When jobs run, though the clock of the machine is set.

The scheduler counts by the clock on the wall. Set two hours back, by a machine that had the wrong
zone until it asked the network, it would sleep for two hours; set ahead by years, it would count
every run that was missed.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

log = structlog.get_logger()

LOOK_S: Final = 1.0
TOLERANCE: Final = timedelta(seconds=1)


class Beat(BaseTrigger):  # type: ignore[misc] # the library has no types
    """Every so often; what was missed is not made up for."""

    def __init__(self, seconds: float) -> None:
        """Take the interval."""
        self.interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """An interval after the last one, or from now when that is over."""
        if previous is None:
            return now
        following = previous + self.interval
        return following if following > now else now + self.interval


async def follow_clock(scheduler: AsyncIOScheduler, look_s: float = LOOK_S) -> None:
    """Have jobs run at once that the clock, since it was set back, puts off beyond their interval.

    Woken each time: a timer that was set while the clock was wrong runs on after it is right.
    """
    while True:
        await asyncio.sleep(look_s)
        now = datetime.now(UTC)
        late = [
            job
            for job in scheduler.get_jobs()
            if job.next_run_time > now + job.trigger.interval + TOLERANCE
        ]
        for job in late:
            job.modify(next_run_time=now)
        if late:
            log.warning("the clock was set back", jobs=len(late))
        scheduler.wakeup()
