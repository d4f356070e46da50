"""Saying once what goes wrong again and again.

A node that is down for two hours fails a job of every second 7,000 times. The first line says
all there is to say, and the rest would bury what else happens.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

AGAIN_S: Final = 300.0
"""What goes on being wrong is said again after this long."""

KEPT: Final = 50
"""Different complaints remembered for one job; their words may hold a block's number."""


@dataclass(slots=True)
class _Said:
    at: float
    since: int = 0


@dataclass(slots=True)
class LogThrottle:
    """What was said about jobs that fail, until they go well again.

    Attributes:
        seconds: A clock that only goes forward.
    """

    seconds: Callable[[], float] = time.monotonic
    _said: dict[str, dict[str, _Said]] = field(default_factory=dict)

    def count(self, job: str, words: str) -> int | None:
        """Count one failure.

        Returns:
            How many equal failures went unsaid, if it is time to say it; None if it is not.
        """
        said = self._said.setdefault(job, {})
        now = self.seconds()
        earlier = said.pop(words, None)
        if earlier is not None and now - earlier.at < AGAIN_S:
            earlier.since += 1
            said[words] = earlier
            return None
        said[words] = _Said(now)
        if len(said) > KEPT:
            del said[next(iter(said))]
        return 0 if earlier is None else earlier.since

    def settle(self, job: str) -> bool:
        """Forget a job's complaints, because it went well.

        Returns:
            Whether there were any.
        """
        return bool(self._said.pop(job, None))
