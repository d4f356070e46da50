"""When to ask for the next final block: as early as one can, for few requests."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

BLOCK_S: Final = 3.0
"""A block is made this often."""

HASTE_S: Final = 0.02
"""The next block is asked for a little earlier each time, until it is not there yet: then we
are as early as one can be, for few requests."""

MISSED_S: Final = (0.25, 0.25, 0.5, *(1.0,) * 15, BLOCK_S)
"""Pauses while a block is overdue. One that does not come for so long may wait for hours, for the
other node: nodes count what they are asked in a day."""

STALE: Final = timedelta(seconds=BLOCK_S / 2)
"""A block that is so much older than others are when they become final is not the last one."""

BACKLOG: Final = 3
"""So many blocks in a row that were not the last one are part of a backlog."""


DOUBT_AFTER: Final = 15
"""After so many blocks that were there at once we make sure that there is no younger one: asked
for ever earlier, the next one is usually missed before that."""


@dataclass(slots=True)
class BlockPolling:
    """Learns how old blocks are when they become final, and asks accordingly.

    Times are those of the event loop, in seconds.
    """

    _next_at: float = 0.0
    _misses: int = 0
    _hits: int = 0
    _unread: int = 0
    _final_age: timedelta | None = None
    _doubted_age: timedelta | None = None

    @property
    def next_at(self) -> float:
        """When to ask next."""
        return self._next_at

    @property
    def is_behind(self) -> bool:
        """Whether there are many blocks to read."""
        return self._unread >= BACKLOG

    def hurry(self) -> None:
        """Ask at once."""
        self._next_at = 0.0

    def note_miss(self, now: float) -> None:
        """The next block is not there yet, so the one before it was the last when it came."""
        self._next_at = now + MISSED_S[min(self._misses, len(MISSED_S) - 1)]
        self._misses += 1
        self._hits = self._unread = 0
        if self._doubted_age is not None:
            self._final_age, self._doubted_age = self._doubted_age, None

    def note_found(self, asked_at: float, age: timedelta) -> None:
        """A block was there.

        After a pause there are several, to be read one right after another. What tells them
        from the last one is how old a block is by then. That age is learned: a block that
        seems too old to be the last one and yet is shows that blocks become final later now.
        """
        if self._misses and self._final_age is not None:
            self._final_age = min(age, self._final_age)
        self._hits += 1
        if self._hits == DOUBT_AFTER:
            self._final_age = None
        is_last = self._final_age is not None and age <= self._final_age + STALE
        self._doubted_age = None if is_last else age
        self._unread = 0 if is_last else self._unread + 1
        self._misses = 0
        self._next_at = asked_at + BLOCK_S - HASTE_S if is_last else 0.0
