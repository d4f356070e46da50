"""How long a withdrawal waits for a person, as its owner is told: by the decisions of late."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from jiema_app.domain.clock import Clock
from jiema_app.domain.transaction import Database

ENOUGH: Final = 10
"""Fewer decisions say nothing about the next one."""
DECISIONS: Final = 50
OF_LATE: Final = timedelta(days=90)
KEPT_FOR: Final = timedelta(minutes=5)

# What its owner took back was decided by nobody. Ids begin with the time of their birth.
TIMES: Final = """
with decided as (
    select extract(epoch from coalesce(approved_at, ended_at) - created_at)::float8 as waited_s
    from withdrawals
    where (approved_at is not null or status = 'REJECTED') and created_at > $1
    order by id desc limit $2
)
select count(*) as decisions, percentile_cont(0.5) within group (order by waited_s) as median_s
from decided
"""


@dataclass(slots=True)
class DecisionTimes:
    """Asks the decisions of late, at most once in a while."""

    database: Database
    clock: Clock
    _kept: tuple[datetime, int | None] | None = field(default=None, init=False)

    async def usual_s(self) -> int | None:
        """Seconds that half of the decisions of late took at most; None while there are few."""
        now = self.clock.now()
        if self._kept is not None and self._kept[0] <= now < self._kept[0] + KEPT_FOR:
            return self._kept[1]
        async with self.database.connection() as connection:
            row = await connection.fetchrow(TIMES, now - OF_LATE, DECISIONS)
        assert row is not None
        found = max(0, round(row["median_s"])) if row["decisions"] >= ENOUGH else None
        self._kept = now, found
        return found
