"""Where sliding windows live when one process serves everybody: in its memory.

The storage that ``limits`` brings starts a thread every hundredth of a second of traffic,
to walk through the windows of all callers (a fifth of a busy process's time), and never
forgets a caller. This one looks at a window when its caller comes, and once a minute for
those who stay away.
"""

import time
from collections import deque
from typing import Final

from limits import RateLimitItem
from limits.storage import MemoryStorage
from slowapi import Limiter
from slowapi.util import get_remote_address

from api_routes.verdicts import Verdict, verdict_of

SCHEME: Final = "jiema-process"
SWEEP_S: Final = 60.0
STEP_S: Final = 1.0
"""A clock that goes back by more was set: what was counted lies ahead of it, and would keep
callers out for as long as it went back. Windows begin anew then, as after a restart."""


class ProcessStorage(MemoryStorage):
    """Moving windows of one length as queues of moments. For one event loop, not for threads."""

    STORAGE_SCHEME: Final = [SCHEME]  # type: ignore[misc] # read once, by the class's own registry

    def __init__(self, uri: str | None = None, *, wrap_exceptions: bool = False) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._windows: dict[str, deque[float]] = {}
        self._swept_at = self._asked_at = time.time()

    def take(self, key: str, limit: int, expiry: int, amount: int = 1) -> tuple[bool, float, int]:
        """Count a request if there is room for it.

        Returns:
            Whether there was, when the oldest request still counted was made, and how
            many are counted now: all that an answer tells, at one look.
        """
        now = time.time()
        if now < self._asked_at - STEP_S:
            self._windows.clear()
            self._swept_at = now
        self._asked_at = now
        if now - self._swept_at >= SWEEP_S:
            self._sweep(now - expiry)
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = deque()
        while window and window[0] <= now - expiry:
            window.popleft()
        has_room = len(window) + amount <= limit
        if has_room:
            window.extend([now] * amount)
        return has_room, window[0] if window else now, len(window)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request if there is room for it."""
        return self.take(key, limit, expiry, amount)[0]

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest request still counted was made, and how many there are."""
        if key not in self._windows:
            return time.time(), 0
        return self.take(key, limit, expiry, 0)[1:]

    def clear(self, key: str) -> None:
        """Forget a caller."""
        self._windows.pop(key, None)

    def reset(self) -> int | None:
        """Forget everybody."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def _sweep(self, horizon: float) -> None:
        """Forget those who have not called since."""
        self._swept_at = time.time()
        gone = [key for key, w in self._windows.items() if not w or w[-1] <= horizon]
        for key in gone:
            del self._windows[key]


class ProcessWindows:
    """Windows in the memory of the only web process, behind slowapi."""

    def __init__(self) -> None:
        # Apart by their length: who stays away is forgotten when their window has passed.
        self._storages: dict[int, ProcessStorage] = {}

    async def hit(self, item: RateLimitItem, bucket: str, who: str) -> Verdict:
        """Count a request if there is room."""
        window_s = item.get_expiry()
        storage = self._storage_of(window_s)
        allowed, oldest, count = storage.take(f"{bucket}/{who}", item.amount, window_s)
        left_s = oldest + window_s - time.time()
        return verdict_of(
            item.amount, allowed=allowed, count=count, left_s=left_s, window_s=window_s
        )

    async def is_full(self, item: RateLimitItem, bucket: str, who: str) -> bool:
        """Whether another request would be refused."""
        window_s = item.get_expiry()
        storage = self._storage_of(window_s)
        _, count = storage.get_moving_window(f"{bucket}/{who}", item.amount, window_s)
        return count >= item.amount

    def _storage_of(self, window_s: int) -> ProcessStorage:
        storage = self._storages.get(window_s)
        if storage is None:
            limiter = Limiter(
                key_func=get_remote_address, strategy="moving-window", storage_uri=f"{SCHEME}://"
            )
            made = limiter.limiter.storage
            assert isinstance(made, ProcessStorage)
            storage = self._storages[window_s] = made
        return storage
