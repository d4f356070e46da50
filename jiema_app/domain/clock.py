"""The one way to learn the time."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time, always aware and in UTC."""

    def now(self) -> datetime:
        """The moment it is."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The moment it is."""
        return datetime.now(UTC)
