"""Keeping below the request limit of somebody else's API, with the urgent calls first."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Final

BURST_S: Final = 0.1
"""The bucket holds this many seconds of the pace, so that no second sees much more than it."""

URGENT_RUN: Final = 4
"""So many urgent calls pass before a waiting bulk call does: what everybody waits for
together is slower under load but never starves."""

HALVING_PAUSE_S: Final = 1.0
"""One crowded moment answers many requests with 429; it halves the pace once."""

RECOVERY_S: Final = 60.0
"""From standstill to the full pace."""

SLOWEST_SHARE: Final = 1 / 32
HOLD_MAX_S: Final = 300.0


class Urgency(Enum):
    """Who goes first."""

    URGENT = auto()
    """Somebody waits for this very answer."""
    BULK = auto()
    """Lists and other long reading."""


class PaceExceeded(Exception):
    """There are more calls than the pace allows; this one would wait too long."""


class Pacer:
    """A token bucket that halves its pace when told off and recovers gradually.

    Attributes:
        is_free: Nothing is limited now: a caller need not even ask. This is the whole
            cost of a lifted limit.
    """

    __slots__ = (
        "_bulk",
        "_clock",
        "_full_pace",
        "_halved_at",
        "_hold_until",
        "_next_at",
        "_pace",
        "_recovered_at",
        "_releaser",
        "_sleep",
        "_urgent",
        "_urgent_run",
        "is_free",
    )

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Start with a full bucket; 0 per second lifts the limit."""
        self._full_pace = self._pace = per_second
        self._clock = clock
        self._sleep = sleep
        self._next_at = self._hold_until = self._halved_at = self._recovered_at = float("-inf")
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._bulk: deque[asyncio.Future[None]] = deque()
        self._urgent_run = 0
        self._releaser: asyncio.Task[None] | None = None
        self.is_free = per_second == 0

    @property
    def pace(self) -> float:
        """Requests per second allowed now; 0 when lifted."""
        self._recover(self._clock())
        return self._pace

    async def admit(self, urgency: Urgency, patience_s: float) -> None:
        """Wait for this call's turn.

        Raises:
            PaceExceeded: It would not come within ``patience_s``. No turn was used.
        """
        now = self._clock()
        wait_s = self._wait_s(now)
        if wait_s <= 0 and not self._urgent and not self._bulk:
            self._take(now)
            return
        if wait_s + self._queue_s(urgency) > patience_s:
            raise PaceExceeded
        queue = self._urgent if urgency is Urgency.URGENT else self._bulk
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(waiter)
        if self._releaser is None:
            self._releaser = asyncio.create_task(self._release())
        try:
            async with asyncio.timeout(patience_s):
                await waiter
        except TimeoutError:
            self._leave(queue, waiter)
            raise PaceExceeded from None
        except asyncio.CancelledError:
            self._leave(queue, waiter)
            raise

    def slow_down(self, hold_s: float) -> None:
        """The other side complained: stop for ``hold_s``, then go on at half the pace."""
        now = self._clock()
        self._recover(now)
        self._hold_until = max(self._hold_until, now + min(hold_s, HOLD_MAX_S))
        self.is_free = False
        if now - self._halved_at >= HALVING_PAUSE_S:
            self._halved_at = self._recovered_at = now
            self._pace = max(self._pace / 2, self._full_pace * SLOWEST_SHARE)

    async def _release(self) -> None:
        """Let the waiting calls go, one turn at a time; ends when nobody waits."""
        try:
            while self._urgent or self._bulk:
                now = self._clock()
                wait_s = self._wait_s(now)
                if wait_s > 0:
                    await self._sleep(wait_s)
                    continue
                waiter = self._next_waiter()
                if not waiter.done():
                    self._take(now)
                    waiter.set_result(None)
        finally:
            self._releaser = None

    def _next_waiter(self) -> asyncio.Future[None]:
        bulk_is_due = self._urgent_run >= URGENT_RUN and self._bulk
        if self._urgent and not bulk_is_due:
            self._urgent_run += 1
            return self._urgent.popleft()
        self._urgent_run = 0
        return self._bulk.popleft()

    def _leave(self, queue: deque[asyncio.Future[None]], waiter: asyncio.Future[None]) -> None:
        """Take a caller out that gave up, maybe in the very moment its turn came."""
        with contextlib.suppress(ValueError):
            queue.remove(waiter)
        if waiter.done() and not waiter.cancelled() and self._pace:
            self._next_at -= 1 / self._pace

    def _wait_s(self, now: float) -> float:
        """Seconds until the next turn; not positive when it is now."""
        wait_s = self._hold_until - now
        if self._full_pace:
            self._recover(now)
            slack_s = max(0.0, BURST_S - 1 / self._pace)
            wait_s = max(wait_s, self._next_at - slack_s - now)
        return wait_s

    def _queue_s(self, urgency: Urgency) -> float:
        """Seconds that those ahead of a newcomer will take."""
        if not self._full_pace:
            return 0.0
        ahead = len(self._urgent)
        ahead += ahead // URGENT_RUN if urgency is Urgency.URGENT else len(self._bulk)
        return ahead / self._pace

    def _take(self, now: float) -> None:
        if self._full_pace:
            self._next_at = max(self._next_at, now) + 1 / self._pace
        else:
            self.is_free = not self._urgent and not self._bulk

    def _recover(self, now: float) -> None:
        if self._pace < self._full_pace:
            gained = self._full_pace * (now - self._recovered_at) / RECOVERY_S
            self._pace = min(self._full_pace, self._pace + gained)
            self._recovered_at = now
