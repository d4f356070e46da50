"""How fast a bot writes: measured always, and held to Telegram's pace when that is wished."""

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from sandbox.telegram.errors import too_many

OVERALL_PER_S: Final = 30
CHAT_PER_S: Final = 1
GROUP_PER_MINUTE: Final = 20
_MINUTE_S: Final = 60.0
_CHATS_MAX: Final = 20_000
_COUNTED: Final = ("send", "copy", "forward", "edit", "createforumtopic")
_FREE: Final = frozenset({"sendchataction"})


class Rates:
    """Sliding windows over what the bot wrote.

    Attributes:
        is_enforced: Whether a call beyond the pace is refused.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self.is_enforced = False
        self.reset()

    def reset(self) -> None:
        """Forget what was measured."""
        self._overall: deque[float] = deque()
        self._chats: dict[str, deque[float]] = {}
        self._hooked_at = -math.inf
        self.written = 0
        self.refused = 0
        self.peak_overall = self.peak_chat = self.peak_group = 0

    def count(self, method: str, chat: str) -> None:
        """Take a call into account.

        Raises:
            Refused: It is beyond the pace, and that is enforced.
        """
        if not chat or method in _FREE or not method.startswith(_COUNTED):
            return
        now = self._now()
        mine = self._window(chat)
        is_group = chat.startswith(("-", "@"))
        _cut(self._overall, now - 1.0)
        _cut(mine, now - _MINUTE_S)
        if self.is_enforced:
            wait = self._wait(mine, now, is_group=is_group)
            if wait > 0:
                self.refused += 1
                raise too_many(max(1, math.ceil(wait)))
        self._overall.append(now)
        mine.append(now)
        self.written += 1
        in_second = sum(moment > now - 1.0 for moment in mine)
        self.peak_overall = max(self.peak_overall, len(self._overall))
        self.peak_chat = max(self.peak_chat, in_second)
        if is_group:
            self.peak_group = max(self.peak_group, len(mine))

    def count_webhook(self) -> None:
        """Take into account that a webhook is set.

        Raises:
            Refused: One was within this second, and the pace is enforced.
        """
        now = self._now()
        if self.is_enforced and now < self._hooked_at + 1.0:
            self.refused += 1
            raise too_many(1)
        self._hooked_at = now

    def to_json(self) -> dict[str, Any]:
        """What was measured: the most in any second, and in any minute for a group."""
        return {
            "enforced": self.is_enforced,
            "written": self.written,
            "refused": self.refused,
            "peakPerSecond": self.peak_overall,
            "peakPerSecondOfAChat": self.peak_chat,
            "peakPerMinuteOfAGroup": self.peak_group,
        }

    def _wait(self, mine: deque[float], now: float, *, is_group: bool) -> float:
        waits = [0.0]
        if len(self._overall) >= OVERALL_PER_S:
            waits.append(self._overall[-OVERALL_PER_S] + 1.0 - now)
        if len(mine) >= CHAT_PER_S:
            waits.append(mine[-CHAT_PER_S] + 1.0 - now)
        if is_group and len(mine) >= GROUP_PER_MINUTE:
            waits.append(mine[-GROUP_PER_MINUTE] + _MINUTE_S - now)
        return max(waits)

    def _window(self, chat: str) -> deque[float]:
        found = self._chats.pop(chat, None)
        if found is None:
            found = deque(maxlen=5000)
            if len(self._chats) >= _CHATS_MAX:
                self._chats.pop(next(iter(self._chats)))
        self._chats[chat] = found
        return found


def _cut(window: deque[float], oldest: float) -> None:
    while window and window[0] <= oldest:
        window.popleft()
