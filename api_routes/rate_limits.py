"""Sliding windows of 60 seconds, per user across all of their keys.

In one process the windows live in its memory, behind slowapi. With ``REDIS_URL`` they
live in Redis, where one script checks and counts in a single step, so that any number of
processes together let exactly the limit through. slowapi's storage calls are synchronous
and would stop the event loop for each round trip, so there its engine (``limits``) is
used through its asyncio half.
"""

import asyncio
import math
import time
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter as SharedMovingWindow
from limits.errors import StorageError
from limits.util import WindowStats
from redis.exceptions import RedisError
from slowapi import Limiter
from slowapi.util import get_remote_address

from api_routes import process_windows
from api_routes.addresses import neighbourhood
from jiema_app.domain.api_keys.service import Principal
from jiema_app.settings import Settings

log = structlog.get_logger()

WINDOW_S: Final = 60
REDIS_TIMEOUT_S: Final = 1.0
"""For a whole question; the client by itself would try it several times."""
PROBE_S: Final = 1.0
"""For a question whether it is there, for which no request waits."""
SHUN_S: Final = 2.0
"""Redis is asked again this long after it failed."""

REDIS_TROUBLES: Final = (RedisError, StorageError, OSError)


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


class Windows(Protocol):
    """Counts requests in sliding windows."""

    async def hit(self, item: RateLimitItem, bucket: str, who: str) -> Verdict:
        """Count a request if there is room."""
        ...

    async def is_full(self, item: RateLimitItem, bucket: str, who: str) -> bool:
        """Whether another request would be refused; counts nothing."""
        ...


def _verdict(item: RateLimitItem, stats: WindowStats, *, allowed: bool) -> Verdict:
    left_s = math.ceil(stats.reset_time - time.time())
    if not allowed and stats.remaining:
        # The window moved between the two questions: there is room already, and what is
        # oldest now says nothing about the refusal.
        left_s = 1
    reset_s = min(WINDOW_S, max(left_s, 0 if allowed else 1))
    return Verdict(allowed, item.amount, stats.remaining, reset_s)


class ProcessWindows:
    """Windows in the memory of the only web process."""

    def __init__(self) -> None:
        limiter = Limiter(
            key_func=get_remote_address,
            strategy="moving-window",
            storage_uri=f"{process_windows.SCHEME}://",
        )
        storage = limiter.limiter.storage
        assert isinstance(storage, process_windows.ProcessStorage)
        self._storage = storage

    async def hit(self, item: RateLimitItem, bucket: str, who: str) -> Verdict:
        """Count a request if there is room."""
        allowed, oldest, count = self._storage.take(f"{bucket}/{who}", item.amount, WINDOW_S)
        stats = WindowStats(oldest + WINDOW_S, item.amount - count)
        return _verdict(item, stats, allowed=allowed)

    async def is_full(self, item: RateLimitItem, bucket: str, who: str) -> bool:
        """Whether another request would be refused."""
        _, count = self._storage.get_moving_window(f"{bucket}/{who}", item.amount, WINDOW_S)
        return count >= item.amount


class SharedWindows:
    """Windows in Redis, for any number of web processes.

    While Redis is out of reach each process counts for itself: the shop stays open, with
    limits that are looser by the number of processes. A Redis that hangs is as good as
    dead: those who ask when it begins wait a moment, and then nobody does, for it is asked
    beside the requests until it answers.
    """

    def __init__(self, redis_url: str) -> None:
        scheme, rest = redis_url.split("://", 1)
        self._storage = RedisStorage(
            f"async+{scheme}://{rest}",
            implementation="redispy",
            socket_timeout=REDIS_TIMEOUT_S,
            socket_connect_timeout=REDIS_TIMEOUT_S,
        )
        self._windows = SharedMovingWindow(self._storage)
        self._fallback = ProcessWindows()
        self._is_lost = False
        self._ask_again_at = 0.0
        self._asking: asyncio.Task[None] | None = None

    @property
    def is_lost(self) -> bool:
        """Whether each process counts for itself."""
        return self._is_lost

    async def hit(self, item: RateLimitItem, bucket: str, who: str) -> Verdict:
        """Count a request if there is room."""
        if self._is_in_reach():
            try:
                async with asyncio.timeout(REDIS_TIMEOUT_S):
                    allowed = await self._windows.hit(item, bucket, who)
                    stats = await self._windows.get_window_stats(item, bucket, who)
            except REDIS_TROUBLES as error:
                self._shun(error)
            else:
                return _verdict(item, stats, allowed=allowed)
        return await self._fallback.hit(item, bucket, who)

    async def is_full(self, item: RateLimitItem, bucket: str, who: str) -> bool:
        """Whether another request would be refused."""
        if self._is_in_reach():
            try:
                async with asyncio.timeout(REDIS_TIMEOUT_S):
                    return not await self._windows.test(item, bucket, who)
            except REDIS_TROUBLES as error:
                self._shun(error)
        return await self._fallback.is_full(item, bucket, who)

    async def answers(self) -> bool:
        """Ask Redis whether it is there. Takes ``PROBE_S`` at most."""
        try:
            async with asyncio.timeout(PROBE_S):
                return await self._storage.check()
        except REDIS_TROUBLES:
            return False

    def _is_in_reach(self) -> bool:
        if not self._is_lost:
            return True
        if self._asking is None and time.monotonic() >= self._ask_again_at:
            self._asking = asyncio.create_task(self._ask_again())
        return False

    async def _ask_again(self) -> None:
        try:
            if await self.answers():
                self._is_lost = False
                log.warning("shared rate limits are back")
        finally:
            self._ask_again_at = time.monotonic() + SHUN_S
            self._asking = None

    def _shun(self, error: Exception) -> None:
        self._ask_again_at = time.monotonic() + SHUN_S
        if not self._is_lost:
            self._is_lost = True
            log.warning("shared rate limits out of reach", error=type(error).__name__)


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The limits of the public API.

    Attributes:
        reads: Of one user, all keys together, or of one key.
        writes: Likewise.
        pages: Of one user, all tabs together.
        files: Of one user, files about everything of theirs.
        anonymous: Of one address, without a valid key.
        sign_ins: Of one address, steps of signing in.
        is_per_key: Whether each key has windows of its own. What a user changes on pages is always
            counted as the user's.
    """

    windows: Windows
    reads: RateLimitItem
    writes: RateLimitItem
    pages: RateLimitItem
    files: RateLimitItem
    anonymous: RateLimitItem
    sign_ins: RateLimitItem
    is_per_key: bool = False

    def counted_as(self, principal: Principal) -> str:
        """Whose windows a request of the API counts in."""
        return principal.key_id if self.is_per_key else principal.user_id

    async def count_read(self, who: str) -> Verdict:
        """Count a read of a user, or of a key."""
        return await self.windows.hit(self.reads, "read", who)

    async def count_write(self, who: str) -> Verdict:
        """Count a write of a user, or of a key."""
        return await self.windows.hit(self.writes, "write", who)

    async def count_page(self, user: str) -> Verdict:
        """Count a page, or a part of one, that a user has read anew."""
        return await self.windows.hit(self.pages, "page", user)

    async def count_file(self, user: str) -> Verdict:
        """Count a file about everything of a user."""
        return await self.windows.hit(self.files, "file", user)

    async def count_anonymous(self, address: str) -> Verdict:
        """Count a request without a valid key."""
        return await self.windows.hit(self.anonymous, "anonymous", neighbourhood(address))

    async def count_sign_in(self, address: str) -> Verdict:
        """Count a step of signing in."""
        return await self.windows.hit(self.sign_ins, "sign-in", neighbourhood(address))

    async def is_shut_out(self, address: str) -> bool:
        """Whether an address used up its tries with bad keys."""
        return await self.windows.is_full(self.anonymous, "anonymous", neighbourhood(address))


def build_rate_limits(settings: Settings) -> RateLimits:
    """The limits of the settings, in Redis when there is one."""
    limits = settings.limits
    return RateLimits(
        windows=SharedWindows(settings.redis_url.get_secret_value())
        if settings.redis_url
        else ProcessWindows(),
        reads=RateLimitItemPerMinute(limits.reads_per_minute),
        writes=RateLimitItemPerMinute(limits.writes_per_minute),
        pages=RateLimitItemPerMinute(limits.page_reads_per_minute),
        files=RateLimitItemPerMinute(limits.files_per_minute),
        anonymous=RateLimitItemPerMinute(limits.anonymous_per_minute),
        sign_ins=RateLimitItemPerMinute(limits.sign_ins_per_minute),
        is_per_key=limits.scope == "key",
    )
