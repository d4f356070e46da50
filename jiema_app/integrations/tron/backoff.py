"""Leaving a node alone after it failed, longer each time."""

import random
import time
from collections.abc import Callable
from typing import Final

HOLD_MAX_S: Final = 60.0
ASKED_HOLD_MAX_S: Final = 300.0
"""A node may ask for more than we would choose ourselves, but not for a day."""

TROUBLE_S: Final = 0.5
"""After the second failure in a row. One alone holds nothing: it is how networks are."""

REFUSED_S: Final = 1.0
"""After the first refusal (too many requests), if none is named."""


UNASKED_MAX_S: Final = 60.0
"""Silence is known of a node that is asked at least so often, while it is not left alone. Nor is
more of it known between two questions: a node that asks for minutes of peace fails once only."""


class Backoff:
    """Counts failures in a row and says how long to wait because of them."""

    __slots__ = ("_clock", "_failed_at", "_failures", "_jitter", "_silent_s", "_until")

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Start without a hold.

        Args:
            clock: Seconds that only go forward.
            jitter: From 0 to 1, different each time, so that processes that failed
                together do not come back together.
        """
        self._clock = clock
        self._jitter = jitter
        self._failures = 0
        self._until = float("-inf")
        self._silent_s: float | None = None
        self._failed_at = 0.0

    @property
    def silent_s(self) -> float | None:
        """Seconds from failure to failure since an answer; None after one, or when long unasked."""
        return None if self._is_unasked else self._silent_s

    @property
    def held_s(self) -> float:
        """Seconds still to wait; 0 when there is no hold."""
        return max(0.0, self._until - self._clock())

    def note_success(self) -> None:
        """An answer came. One that was asked for before a hold does not end it."""
        self._silent_s = None
        if self._failures and not self.held_s:
            self._failures = 0

    def note_trouble(self) -> None:
        """No answer, or nonsense."""
        self._note_silence()
        if not self.held_s:
            self._failures += 1
            if self._failures > 1:
                self._hold(TROUBLE_S * 2.0 ** (self._failures - 2))

    def note_refusal(self, asked_s: float | None = None) -> float:
        """Too many requests; the node may have said how long to stay away.

        Returns:
            Seconds held from now.
        """
        self._note_silence()
        if asked_s is not None:
            # Never sooner than it asked for.
            self._failures += 1
            wait_s = min(asked_s, ASKED_HOLD_MAX_S) * (1 + self._jitter() / 10)
            self._until = max(self._until, self._clock() + wait_s)
        elif not self.held_s:
            self._failures += 1
            self._hold(REFUSED_S * 2.0 ** (self._failures - 1))
        return self.held_s

    @property
    def _is_unasked(self) -> bool:
        """Two failures with nothing asked between them are two moments and no silence."""
        return self._clock() - max(self._failed_at, self._until) > UNASKED_MAX_S

    def _note_silence(self) -> None:
        now = self._clock()
        if self._silent_s is None or self._is_unasked:
            self._silent_s = 0.0
        else:
            self._silent_s += min(now - self._failed_at, UNASKED_MAX_S)
        self._failed_at = now

    def _hold(self, longest_s: float) -> None:
        wait_s = min(longest_s, HOLD_MAX_S) * (1 + self._jitter()) / 2
        self._until = self._clock() + wait_s
