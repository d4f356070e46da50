"""How much one address may ask of a process through its pages' connections.

Many people may share an address. Whoever comes too fast waits for their turn, which nobody
notices who is not many; only who would have to wait for long is refused.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

BURST_S: Final = 4.0
"""An address that was quiet may at once do what it may do in so long."""
OPENING_WAIT_S: Final = 5.0
EVENT_WAIT_S: Final = 20.0
"""Nobody waits longer for their turn. A page that is not read from is closed after 45 s."""
ADDRESSES_MAX: Final = 4096
"""Remembered at least; beyond it those are forgotten that ask nothing at the moment."""


class Pace:
    """Turns at a steady rate, some of them at once."""

    __slots__ = ("_interval_s", "_next_at", "_now")

    def __init__(self, per_minute: int, now: Callable[[], float]) -> None:
        self._interval_s: Final = 60 / per_minute
        self._now: Final = now
        self._next_at = 0.0
        """When everything that was let through so far is paid for."""

    def take(self, wait_max_s: float) -> float | None:
        """How long to wait for a turn; None when that would be too long, and none was taken."""
        now = self._now()
        next_at = max(self._next_at, now) + self._interval_s
        wait_s = next_at - now - BURST_S
        if wait_s > wait_max_s:
            return None
        self._next_at = next_at
        return max(wait_s, 0.0)

    @property
    def is_idle(self) -> bool:
        """Whether it would let through as much as a new one."""
        return self._next_at <= self._now()


@dataclass(slots=True)
class _Visitor:
    openings: Pace
    events: Pace
    open_pages: int = 0


class Crowd:
    """The addresses whose pages are connected to this process."""

    def __init__(
        self,
        *,
        pages: int,
        openings_per_minute: int,
        events_per_minute: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pages_max: Final = pages
        self._openings: Final = openings_per_minute
        self._events: Final = events_per_minute
        self._now: Final = now
        self._visitors: dict[str, _Visitor] = {}

    def __len__(self) -> int:
        return len(self._visitors)

    async def enter(self, address: str) -> bool:
        """Count a connection in; False when there are too many or they come too fast."""
        visitor = self._of(address)
        if visitor.open_pages >= self._pages_max:
            return False
        wait_s = visitor.openings.take(OPENING_WAIT_S)
        if wait_s is None:
            return False
        visitor.open_pages += 1
        if wait_s:
            try:
                await asyncio.sleep(wait_s)
            except BaseException:
                self.leave(address)
                raise
        return True

    def leave(self, address: str) -> None:
        """Count a connection out."""
        visitor = self._visitors.get(address)
        if visitor is not None:
            visitor.open_pages -= 1

    async def admit_event(self, address: str) -> bool:
        """Wait until an event of an address may be handled; False when it never will."""
        wait_s = self._of(address).events.take(EVENT_WAIT_S)
        if wait_s is None:
            return False
        if wait_s:
            await asyncio.sleep(wait_s)
        return True

    def _of(self, address: str) -> _Visitor:
        visitor = self._visitors.get(address)
        if visitor is None:
            if len(self._visitors) >= ADDRESSES_MAX:
                self._forget_idle()
            visitor = _Visitor(Pace(self._openings, self._now), Pace(self._events, self._now))
            self._visitors[address] = visitor
        return visitor

    def _forget_idle(self) -> None:
        self._visitors = {
            address: visitor
            for address, visitor in self._visitors.items()
            if visitor.open_pages or not (visitor.openings.is_idle and visitor.events.is_idle)
        }
