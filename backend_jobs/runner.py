"""Running one job once: its lease, its pulse, what a failure means, and when runs end."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog
from prometheus_client import Counter, Histogram

from backend_jobs.log_throttle import LogThrottle
from jiema_app.domain.catalog.service import OffersLookBroken
from jiema_app.domain.chain.port import ChainError, ChainIncomplete, ChainUnavailable
from jiema_app.domain.notifications.sender import TransportAway
from jiema_app.domain.operations.jobs import JobStates
from jiema_app.domain.orders.supplier import SupplierError
from jiema_app.domain.recharges.judging import Overtaken
from jiema_app.domain.transaction import DATABASE_TROUBLES, name_of
from jiema_app.observability.errors import report_bug

log = structlog.get_logger()

TURBULENCE: Final[tuple[type[Exception], ...]] = (
    *DATABASE_TROUBLES,
    SupplierError,
    OffersLookBroken,
    ChainUnavailable,
    ChainIncomplete,
    Overtaken,
    TransportAway,
)
"""Failures of the outside world: noted, counted, and tried again on the next beat."""

PULSE_S: Final = 4.0
"""A job that runs every second writes its pulse this often."""

STEP_BACK_MAX_S: Final = 5.0
STEP_BACK: Final = 1.5
"""Whose run failed on the outside world stays away from the job for one and a half intervals.
Between two of its own beats every other worker has one, so that whoever is well takes over."""

CUT_S: Final = 1.0
"""A run that was cut off gives its connection back within this; an absent database may not
let it."""

RUNS: Final = Counter("jiema_job_runs_total", "Runs of background jobs", ["job", "outcome"])
SECONDS: Final = Histogram("jiema_job_seconds", "Duration of background jobs", ["job"])

AloneWork = Callable[[datetime], Awaitable[datetime | None]]
SharedWork = Callable[[], Awaitable[object]]
GuardedWork = Callable[[], Awaitable[bool]]
"""Says whether there was anything to run."""


@dataclass(slots=True)
class JobRunner:
    """Runs jobs for one worker.

    Attributes:
        holder: How leases name this worker.
        is_stopping: Whether it begins no run any more.
    """

    states: JobStates
    holder: str
    is_stopping: bool = False
    _pulsed_at: dict[str, float] = field(default_factory=dict)
    _back_at: dict[str, float] = field(default_factory=dict)
    _under_way: dict[asyncio.Task[Any], str] = field(default_factory=dict)
    _throttle: LogThrottle = field(default_factory=LogThrottle)
    _is_cutting: bool = False

    async def run_alone(
        self, job: str, work: AloneWork, *, interval_s: float, lease_s: float, rest_s: float = 0.0
    ) -> None:
        """Run a job that must run in one place only; nothing happens while another holds it.

        A run that fails on the outside world hands the job over: perhaps it is only this
        worker that does not reach it.

        Args:
            job: Its name.
            work: Takes the start by the database's clock; returns how far it got, or None.
            interval_s: How often it is meant to run.
            lease_s: After this long without a run another worker takes it over.
            rest_s: It is left alone this long after each start.
        """

        async def leased() -> bool:
            if time.monotonic() < self._back_at.get(job, 0.0):
                return False
            started = await self.states.acquire(
                job, self.holder, lease_s=lease_s, interval_s=interval_s, rest_s=rest_s
            )
            if started is None:
                return False
            try:
                watermark = await work(started)
            except TURBULENCE:
                await self._step_back(job, interval_s)
                raise
            await self.states.succeed(job, started, watermark=watermark)
            return True

        await self._guard(job, leased)

    async def _step_back(self, job: str, interval_s: float) -> None:
        self._back_at[job] = time.monotonic() + STEP_BACK * min(interval_s, STEP_BACK_MAX_S)
        # Without the database the lease runs out by itself.
        with suppress(*DATABASE_TROUBLES):
            await self.states.hand_over(job, self.holder)

    async def run_shared(self, job: str, work: SharedWork, *, interval_s: float) -> None:
        """Run a job that claims its rows, so that any number of workers may run it."""

        async def pulsed() -> bool:
            due = time.monotonic() - self._pulsed_at.get(job, float("-inf")) >= PULSE_S
            started = await self.states.start_shared(job, interval_s=interval_s) if due else None
            await work()
            if started is not None:
                await self.states.succeed(job, started)
                self._pulsed_at[job] = time.monotonic()
            return True

        await self._guard(job, pulsed)

    async def finish(self, patience_s: float) -> None:
        """Begin no run any more, and return when none is under way.

        A run that is cut off leaves what a crash would leave, which every job expects.

        Args:
            patience_s: How long runs are waited for before they are cut off.
        """
        self.is_stopping = True
        await self._wait_for_runs(patience_s)
        self._is_cutting = True
        for run, job in self._under_way.items():
            RUNS.labels(job, "cut off").inc()
            log.warning("job cut off", job=job)
            run.cancel()
        await self._wait_for_runs(CUT_S)

    async def _wait_for_runs(self, seconds: float) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)

    async def _guard(self, job: str, work: GuardedWork) -> None:
        """Run a job unless this worker is stopping, so that it can be cut off."""
        if self.is_stopping:
            return
        run = asyncio.current_task()
        assert run is not None
        self._under_way[run] = job
        try:
            await self._run(job, work)
        except asyncio.CancelledError:
            if not self._is_cutting:
                raise
            # Whoever called may go on: the scheduler would take this for a bug.
            run.uncancel()
        finally:
            del self._under_way[run]

    async def _run(self, job: str, work: GuardedWork) -> None:
        """The edge of the process for one job: a failure is told apart and never spreads."""
        with SECONDS.labels(job).time():
            try:
                has_run = await work()
            except TURBULENCE as error:
                RUNS.labels(job, "turbulence").inc()
                self._mention(job, error)
                await self._note_failure(job, name_of(error))
            except Exception as error:
                RUNS.labels(job, "bug").inc()
                unsaid = self._throttle.count(job, f"{type(error).__name__} {error}")
                if unsaid is not None:
                    log.exception("job failed", job=job, unsaid=unsaid)
                    report_bug(error)
                await self._note_failure(job, type(error).__name__)
            else:
                if has_run:
                    RUNS.labels(job, "ok").inc()
                    if self._throttle.settle(job):
                        log.info("job runs again", job=job)

    def _mention(self, job: str, error: Exception) -> None:
        name = name_of(error)
        # What a node said is ours to know; a driver's words may quote what was stored.
        why = str(error) if isinstance(error, ChainError) else None
        unsaid = self._throttle.count(job, f"{name} {why}")
        if unsaid is not None:
            log.warning("job interrupted", job=job, error=name, why=why, unsaid=unsaid)

    async def _note_failure(self, job: str, error: str) -> None:
        try:
            await self.states.fail(job, error)
        except Exception as failure:  # noqa: BLE001 - said; a failure never spreads
            name = name_of(failure)
            if self._throttle.count(job, f"not noted: {name}") is not None:
                log.warning("failure not noted", job=job, error=name)
