"""Whether the product can take an order now, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.operations.jobs import JobPulse, JobStates
from jiema_app.domain.transaction import DATABASE_TROUBLES, Database

LAG_MAX_S: Final = 15.0
"""A worker or a sync that is later than this is taken for stopped."""

NOT_READY: Final[tuple[type[Exception], ...]] = (*DATABASE_TROUBLES, asyncpg.PostgresError)
"""Whatever the database says instead (a changed password, a database that is gone)."""

CHAIN_LAG_MAX_S: Final = 300.0
"""Final blocks are about a minute old on the real chain."""

CURSOR: Final = """
select halted_because, block_number,
    extract(epoch from now() - block_time)::float as age_s
from chain_cursors where genesis_id = $1
"""

REVISION: Final = "select version_num from alembic_version"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be there."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """Looks at everything an order needs.

    Attributes:
        genesis_id: Names the chain that must be read.
        head_revision: The newest migration of this checkout.
        supplier_jobs: The sync job of each supplier.
        chain_job: The job that reads the chain.
        heartbeat_job: The job that only says that a worker lives.
    """

    database: Database
    jobs: JobStates
    live_catalog: LiveCatalog
    head_revision: str
    supplier_jobs: Sequence[str]
    genesis_id: str
    heartbeat_job: str = "heartbeat"
    chain_job: str = "chain"

    async def check(self) -> list[Check]:
        """Every check, in the order in which to mend them."""
        try:
            async with self.database.connection() as connection:
                revision = await connection.fetchval(REVISION)
                cursor = await connection.fetchrow(CURSOR, self.genesis_id)
            pulses = {pulse.job: pulse for pulse in await self.jobs.list_pulses()}
        except asyncpg.UndefinedTableError:
            return [Check("migrations", ok=False, detail="never run")]
        except NOT_READY as error:
            return [Check("database", ok=False, detail=type(error).__name__)]
        stocked = sum(map(len, self.live_catalog.current.quotes.values()))
        return [
            Check("database", ok=True, detail="answers"),
            Check("migrations", revision == self.head_revision, f"at {revision}"),
            _pulse("worker", pulses.get(self.heartbeat_job)),
            *(
                _pulse("supplier" if len(self.supplier_jobs) == 1 else job, pulses.get(job))
                for job in self.supplier_jobs
            ),
            _chain(cursor, pulses.get(self.chain_job)),
            Check("catalogue", stocked > 0, f"{stocked} offers"),
        ]


def _pulse(name: str, pulse: JobPulse | None) -> Check:
    if pulse is None or pulse.lag_s is None:
        return Check(name, ok=False, detail="has not run yet")
    return Check(name, pulse.lag_s <= LAG_MAX_S, f"{pulse.lag_s:.0f} s late")


def _chain(cursor: Any, pulse: JobPulse | None) -> Check:
    if cursor is None:
        why = "has not run yet" if pulse is None or not pulse.last_error else pulse.last_error
        return Check("chain", ok=False, detail=why)
    if cursor["halted_because"] is not None:
        return Check("chain", ok=False, detail=f"halted: {cursor['halted_because']}")
    age_s, number = cursor["age_s"], cursor["block_number"]
    return Check("chain", age_s <= CHAIN_LAG_MAX_S, f"block {number}, {age_s:.0f} s old")


def as_json(checks: Sequence[Check]) -> dict[str, Any]:
    """The answer of ``/readyz``."""
    return {
        "ok": all(check.ok for check in checks),
        "checks": {check.name: {"ok": check.ok, "detail": check.detail} for check in checks},
    }
