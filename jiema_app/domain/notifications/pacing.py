"""When something may be sent: not faster than a transport bears, as a whole and to each recipient.

In the memory of the one sender. After it changes hands the transport may have to say once that it
is too fast.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

MINUTE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Paces:
    """What a transport bears.

    Attributes:
        per_second: Calls of all kinds.
        burst: So many at one moment, after a pause.
        gap_s: Between two calls about one recipient.
        per_minute: Calls about one group.
        is_group: Whether a recipient is one.
    """

    per_second: float
    burst: int
    gap_s: float
    per_minute: int
    is_group: Callable[[str], bool]


@dataclass(slots=True)
class Pacing:
    """Counts calls. Times are seconds of a clock that never goes back.

    Attributes:
        paces: What is borne.
    """

    paces: Paces
    _full_until: float = float("-inf")
    _last: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _of_groups: dict[str, deque[float]] = field(default_factory=dict)
    _held: dict[str, float] = field(default_factory=dict)

    def wait_s(self, now: float) -> float:
        """How long nothing at all may be sent."""
        tolerance = (self.paces.burst - 1) / self.paces.per_second
        return max(0.0, self._full_until - tolerance - now)

    def wait_for_s(self, recipient: str, now: float) -> float:
        """How long nothing may be sent to a recipient."""
        wait = self._last.get(recipient, float("-inf")) + self.paces.gap_s - now
        sent = self._of_groups.get(recipient)
        if sent is not None and len(sent) >= self.paces.per_minute:
            wait = max(wait, sent[0] + MINUTE_S - now)
        wait = max(wait, self._held.get(recipient, float("-inf")) - now)
        return max(0.0, wait)

    def hold(self, recipient: str, until: float) -> None:
        """Send nothing to a recipient until then: it is said to be too fast."""
        now_held = self._held.get(recipient, float("-inf"))
        self._held[recipient] = max(until, now_held)

    def note(self, recipient: str | None, now: float) -> None:
        """A call is made; without a recipient it counts among all calls alone."""
        self._full_until = max(self._full_until, now) + 1 / self.paces.per_second
        if recipient is None:
            return
        self._last[recipient] = now
        self._last.move_to_end(recipient)
        self._held.pop(recipient, None)
        if self.paces.is_group(recipient):
            sent = self._of_groups.setdefault(recipient, deque(maxlen=self.paces.per_minute))
            sent.append(now)
        self._forget(now)

    def _forget(self, now: float) -> None:
        """Keep nothing of a recipient who was left alone for a minute."""
        while self._last:
            recipient, at = next(iter(self._last.items()))
            if now - at <= MINUTE_S:
                return
            del self._last[recipient]
            self._of_groups.pop(recipient, None)
