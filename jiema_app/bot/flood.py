"""Somebody who writes faster than anybody reads is not answered for a while.

Answers leave at one a second in a chat: a thousand of them would keep its codes waiting.
"""

from collections import OrderedDict, deque
from time import monotonic
from typing import Final

AT_ONCE: Final = 30
"""Updates of one person that are answered within ``SPAN_S``."""
SPAN_S: Final = 20.0
PEOPLE_MAX: Final = 10_000


class Flood:
    """Counts what people send, of each person in this process alone."""

    def __init__(self) -> None:
        self._moments: OrderedDict[int, deque[float]] = OrderedDict()

    def admit(self, person: int) -> bool:
        """Count an update; False when it is one too many."""
        now = monotonic()
        moments = self._moments.setdefault(person, deque(maxlen=AT_ONCE))
        self._moments.move_to_end(person)
        if len(self._moments) > PEOPLE_MAX:
            self._moments.popitem(last=False)
        if len(moments) == AT_ONCE and now - moments[0] < SPAN_S:
            return False
        moments.append(now)
        return True
