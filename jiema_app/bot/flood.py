"""Somebody who writes faster than anybody reads is not answered for a while.

Answers leave at one a second in a chat: a thousand of them would keep its codes waiting.
"""

from collections import OrderedDict, deque
from time import monotonic
from typing import Final

from jiema_app.bot.support_messages import author_in
from jiema_app.domain.telegram.updates import ClaimedUpdate

AT_ONCE: Final = 30
"""Updates of one person that are answered within ``SPAN_S``."""
SPAN_S: Final = 20.0
PEOPLE_MAX: Final = 10_000


WRITTEN: Final = frozenset({"message", "edited_message"})
PRESSED: Final = frozenset({"callback_query", "inline_query"})


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

    def admits(self, update: ClaimedUpdate) -> bool:
        """Count an update; see ``admit``. Of what is written in groups nothing is counted."""
        person = _person_behind(update)
        return person is None or self.admit(person)


def _person_behind(update: ClaimedUpdate) -> int | None:
    if update.kind in WRITTEN:
        chat = update.about.get("chat")
        if not isinstance(chat, dict) or chat.get("type") != "private":
            return None
    elif update.kind not in PRESSED:
        return None
    return author_in(update.about)
