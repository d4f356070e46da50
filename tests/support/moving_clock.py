"""A clock that a test moves: hours pass at once, for whoever goes by it."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass
class MovingClock:
    """The machine's clock, and so many seconds more.

    Attributes:
        offset_s: How far it is ahead.
    """

    offset_s: float = 0.0

    def now(self) -> datetime:
        """The moment it is, as a service asks for it."""
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        """Likewise, in seconds since 1970, as a node does."""
        return time.time() + self.offset_s

    def move(self, seconds: float) -> None:
        """Let seconds pass."""
        self.offset_s += seconds
