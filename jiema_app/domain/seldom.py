"""Saying seldom what others can have happen as often as they like."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

AGAIN_S: Final = 60.0


@dataclass(slots=True)
class Seldom:
    """When one kind of thing is said again, and how often it went unsaid.

    Attributes:
        clock: Seconds that only go forward.
    """

    clock: Callable[[], float] = time.monotonic
    _said_at: float | None = field(default=None, init=False)
    _unsaid: int = field(default=0, init=False)

    def count(self) -> int | None:
        """Count one.

        Returns:
            How many went unsaid, if it is time to say it; None if it is not.
        """
        now = self.clock()
        if self._said_at is not None and now - self._said_at < AGAIN_S:
            self._unsaid += 1
            return None
        unsaid, self._said_at, self._unsaid = self._unsaid, now, 0
        return unsaid
