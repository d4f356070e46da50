"""What a limiter says, and what it is asked."""

import math
from dataclasses import dataclass
from typing import Final, Protocol

from limits import RateLimitItem

WINDOW_S: Final = 60
"""Of nearly every limit. An item of ``limits`` says of itself how long its window is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a limiter says of one request.

    Attributes:
        reset_s: Seconds until the window has room again, or moves.
    """

    allowed: bool
    limit: int
    remaining: int
    reset_s: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The standard headers."""
        return [
            (b"ratelimit-limit", b"%d" % self.limit),
            (b"ratelimit-remaining", b"%d" % self.remaining),
            (b"ratelimit-reset", b"%d" % self.reset_s),
        ]


def verdict_of(
    limit: int, *, allowed: bool, count: int, left_s: float, window_s: int = WINDOW_S
) -> Verdict:
    """The verdict of a window.

    Args:
        limit: Requests that it holds.
        allowed: Whether this one found room.
        count: How many it holds now.
        left_s: Until the oldest of them leaves it.
        window_s: How long it is.
    """
    reset_s = min(window_s, max(math.ceil(left_s), 0 if allowed else 1))
    return Verdict(allowed, limit, max(0, limit - count), reset_s)


class Windows(Protocol):
    """Counts requests in sliding windows."""

    async def hit(self, item: RateLimitItem, bucket: str, who: str) -> Verdict:
        """Count a request if there is room."""
        ...

    async def is_full(self, item: RateLimitItem, bucket: str, who: str) -> bool:
        """Whether another request would be refused; counts nothing."""
        ...
