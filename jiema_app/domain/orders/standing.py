"""Limits on how a buyer may use the shop: cancels, success, orders open at once."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from jiema_app.domain import ids
from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import RateLimited
from jiema_app.domain.orders import queries
from jiema_app.domain.transaction import Connection
from jiema_app.domain.units import UserId

HOUR_S: Final = 3600
DAY: Final = timedelta(days=1)
TRUST_S: Final = 5.0
"""A good standing is not looked up again within this time."""

TRUSTED_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class StandingLimits:
    """The limits, per user.

    Attributes:
        open_orders: Orders open at once.
        cancels_per_hour: Cancellations by the buyer in one hour.
        success_floor_percent: Share of a day's orders that must have had a code.
        success_after_orders: Orders in a day before that share counts.
    """

    open_orders: int
    cancels_per_hour: int
    success_floor_percent: int
    success_after_orders: int
    _trusted_until: dict[UserId, float] = field(default_factory=dict)

    async def ensure(self, connection: Connection, user: UserId, clock: Clock) -> None:
        """Refuse a buyer whose recent record breaks a limit.

        Raises:
            RateLimited: Too many cancels, or numbers rented without ever receiving a code,
                which is what scanning numbers looks like. Nothing was held.
        """
        if time.monotonic() < self._trusted_until.get(user, 0.0):
            return
        now = clock.now()
        row = await connection.fetchrow(queries.STANDING, user, ids.first_id_at(now - DAY))
        assert row is not None
        if row["cancels_last_hour"] >= self.cancels_per_hour:
            free_in = HOUR_S - int((now - row["oldest_cancel_at"]).total_seconds())
            raise RateLimited(
                f"You've reached the limit of {row['cancels_last_hour']} cancelled orders in an "
                "hour.",
                retry_after_s=free_in,
            )
        decided = row["decided_last_day"]
        if decided >= self.success_after_orders:
            share = 100 * row["successes_last_day"] / decided
            if share < self.success_floor_percent:
                raise RateLimited(
                    "Too few of your orders in the last 24 hours received a code. "
                    "New orders are paused; contact support if this is a mistake.",
                    retry_after_s=HOUR_S,
                )
        if len(self._trusted_until) >= TRUSTED_MAX:
            self._trusted_until.clear()
        self._trusted_until[user] = time.monotonic() + TRUST_S
