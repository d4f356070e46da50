"""How long a payment waits for a person, as its owner is told.

By the decisions of late when there are enough of them, else by what those who run the shop
promise.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from jiema_app.domain.clock import Clock
from jiema_app.domain.transaction import Database

ENOUGH: Final = 10
"""Fewer decisions say nothing about the next one."""
LOOKED_AT: Final = 500
"""Rows of decisions that are read, the youngest: one decision may be several rows."""
DECISIONS: Final = 50
OF_LATE: Final = timedelta(days=90)
KEPT_FOR: Final = timedelta(minutes=5)

# From when we had read the payment that waited longest to the decision, each decision once,
# however many payments it was about. What is not money is dismissed without much thought, so
# it says nothing about what is.
TIMES: Final = """
with decided as (
    select extract(epoch from last.created_at - min(p.seen_at))::float8 as waited_s
    from (
        select payment_id, created_at, is_final from payment_decisions
        order by id desc limit $2
    ) last join payments p on p.id = last.payment_id
    where last.is_final and last.created_at > $1
      and p.is_genuine and p.oddity is distinct from 'OWN_TRANSFER'
    group by coalesce(p.recharge_id, p.id), last.created_at
    order by last.created_at desc limit $3
)
select count(*) as decisions, percentile_cont(0.5) within group (order by waited_s) as median_s
from decided
"""


@dataclass(frozen=True, slots=True)
class ReviewTime:
    """How long it takes.

    Attributes:
        late_after_s: Whoever has waited longer is not told so any more, but to ask.
        is_measured: Half of the decisions of late took no longer; else it is a promise.
    """

    seconds: int
    late_after_s: int
    is_measured: bool


@dataclass(slots=True)
class ReviewTimes:
    """Asks the decisions of late, at most once in a while."""

    database: Database
    clock: Clock
    promise_hours: int
    _kept: tuple[datetime, ReviewTime] | None = field(default=None, init=False)

    async def usual(self) -> ReviewTime:
        """What to tell somebody whose payment waits for a person."""
        now = self.clock.now()
        if self._kept is not None and self._kept[0] <= now < self._kept[0] + KEPT_FOR:
            return self._kept[1]
        async with self.database.connection() as connection:
            row = await connection.fetchrow(TIMES, now - OF_LATE, LOOKED_AT, DECISIONS)
        assert row is not None
        promise = self.promise_hours * 3_600
        if row["decisions"] >= ENOUGH:
            median = max(0, round(row["median_s"]))
            found = ReviewTime(median, max(median, promise), is_measured=True)
        else:
            found = ReviewTime(promise, promise, is_measured=False)
        self._kept = now, found
        return found
