"""The pulse of the background jobs: who holds one, when it last ran, how far it got."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiema_app.domain.transaction import Connection, Database

# The holder renews, an expired lease is taken over, anybody else gets nothing; and nobody
# gets a job that rests after its last run, unless that run failed.
ACQUIRE: Final = """
insert into job_states as j (job, holder, lease_expires_at, last_started_at, interval_s)
values ($1, $2, now() + make_interval(secs => $3), now(), $4)
on conflict (job) do update
set holder = excluded.holder, lease_expires_at = excluded.lease_expires_at,
    last_started_at = excluded.last_started_at, interval_s = excluded.interval_s
where (j.holder is null or j.holder = excluded.holder or j.lease_expires_at < now())
  and (j.last_started_at is null or j.last_failed_at >= j.last_started_at
       or j.last_started_at <= now() - make_interval(secs => $5))
returning last_started_at
"""

START_SHARED: Final = """
insert into job_states as j (job, last_started_at, interval_s) values ($1, now(), $2)
on conflict (job) do update
set last_started_at = excluded.last_started_at, interval_s = excluded.interval_s
returning last_started_at
"""

SUCCEED: Final = """
update job_states set last_succeeded_at = now(), last_error = null,
    last_duration_ms = extract(epoch from now() - $2) * 1000,
    watermark_at = greatest(watermark_at, $3)
where job = $1
"""

FAIL: Final = """
update job_states set last_failed_at = now(), last_error = $2 where job = $1
"""

HAND_OVER: Final = """
update job_states set holder = null, lease_expires_at = null where job = $1 and holder = $2
"""

RELEASE: Final = """
update job_states set holder = null, lease_expires_at = null where holder = $1
"""

# Lag: seconds beyond its interval since the job last succeeded. Asked for by itself whether
# it ever did, for greatest() passes over nulls.
LAGS: Final = """
select job, last_succeeded_at, last_failed_at, last_error, last_duration_ms, interval_s, holder,
    case when last_succeeded_at is not null then
        greatest(0, extract(epoch from now() - last_succeeded_at) - interval_s)::float
    end as lag_s
from job_states order by job
"""


@dataclass(frozen=True, slots=True)
class JobPulse:
    """How one job is doing.

    Attributes:
        lag_s: Seconds it is late by; None when it has never succeeded.
    """

    job: str
    last_succeeded_at: datetime | None
    last_failed_at: datetime | None
    last_error: str | None
    last_duration_ms: int | None
    interval_s: float
    holder: str | None
    lag_s: float | None

    @property
    def is_ok(self) -> bool:
        """Whether its last run went well. Of the job ``ledger``: whether the books are right."""
        return self.last_error is None and self.last_succeeded_at is not None


@dataclass(frozen=True, slots=True)
class JobStates:
    """The table of pulses."""

    database: Database

    async def acquire(
        self, job: str, holder: str, *, lease_s: float, interval_s: float, rest_s: float = 0.0
    ) -> datetime | None:
        """Take or renew a job that runs in one place only.

        Args:
            job: Its name.
            holder: Who wants it.
            lease_s: After this long without renewal somebody else may take it.
            interval_s: How often it is meant to run; its lag is counted from this.
            rest_s: It is not due before its last start is this old, whoever asks.

        Returns:
            Now, by the database's clock, or None while another worker holds it or it rests.
        """
        async with self.database.connection() as connection:
            started: datetime | None = await connection.fetchval(
                ACQUIRE, job, holder, lease_s, interval_s, rest_s
            )
        return started

    async def start_shared(self, job: str, *, interval_s: float) -> datetime:
        """Note that a job began which any number of workers may run."""
        async with self.database.connection() as connection:
            started: datetime = await connection.fetchval(START_SHARED, job, interval_s)
        return started

    async def succeed(
        self, job: str, started: datetime, *, watermark: datetime | None = None
    ) -> None:
        """Note that a run went well, and how far it got."""
        async with self.database.connection() as connection:
            await connection.execute(SUCCEED, job, started, watermark)

    async def fail(self, job: str, error: str) -> None:
        """Note that a run failed."""
        async with self.database.connection() as connection:
            await connection.execute(FAIL, job, error[:200])

    async def hand_over(self, job: str, holder: str) -> None:
        """Let go of one job, if it is still held, so that another worker may take it at once."""
        async with self.database.connection() as connection:
            await connection.execute(HAND_OVER, job, holder)

    async def release(self, holder: str) -> None:
        """Let go of every job a stopping worker holds."""
        async with self.database.connection() as connection:
            await connection.execute(RELEASE, holder)

    async def list_pulses(self) -> list[JobPulse]:
        """Every job that ever ran."""
        async with self.database.connection() as connection:
            return await pulses_on(connection)


async def pulses_on(connection: Connection) -> list[JobPulse]:
    """Every job that ever ran, read on a connection that one has already."""
    return [JobPulse(**dict(row)) for row in await connection.fetch(LAGS)]
