"""The sandbox's clock: real time plus an offset that a test can advance."""

import time


class SandboxClock:
    """Wall clock with a forward-only offset.

    Every part reads time from here, so that advancing the offset moves SMS
    deliveries, expiry and refunds together.
    """

    __slots__ = ("offset_s",)

    def __init__(self, offset_s: float = 0.0) -> None:
        """Start with an offset in seconds, 0 for real time."""
        self.offset_s = offset_s

    def now(self) -> float:
        """Return sandbox time as Unix seconds."""
        return time.time() + self.offset_s
