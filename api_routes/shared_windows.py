"""Windows that several web processes keep together, in Redis."""

import asyncio
from time import monotonic
from typing import Final

import structlog
from limits import RateLimitItem

from api_routes.process_windows import ProcessWindows
from api_routes.redis_link import RedisLink
from api_routes.verdicts import WINDOW_S, Verdict, verdict_of
from api_routes.window_script import Answer, Question

log = structlog.get_logger()

PROBE_S: Final = 1.0
"""For a question whether it is there, for which no request waits."""
SHUN_S: Final = 2.0
"""Redis is asked again this long after it failed."""
REFUSED_MAX: Final = 20_000
"""Full windows that a process remembers. Whose is forgotten, Redis is asked about again."""

PROBE: Final = Question("probe", 1, takes=True)
"""Asks for all that a request needs, writing included."""


class SharedWindows:
    """Windows in Redis, for any number of web processes.

    While Redis is out of reach each process counts for itself: the shop stays open, with
    limits that are looser by the number of processes. A Redis that hangs is as good as
    dead: those who ask when it begins wait a moment, and then nobody does, for it is asked
    beside the requests until it answers.

    A window that is full stays so until its oldest request leaves it, whatever anybody does:
    who is refused is remembered here until then, and costs no question.
    """

    def __init__(self, redis_url: str) -> None:
        self._link = RedisLink(redis_url, on_loss=self._shun, on_silent_end=self._begin_anew)
        self._own = ProcessWindows()
        self._full: dict[str, float] = {}
        self._swept_at = 0.0
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
            limit, key, asked_at = item.amount, f"{bucket}/{who}", monotonic()
            window_s = item.get_expiry()
            full_until = self._full.get(key, 0.0)
            if asked_at < full_until:
                left_s = full_until - asked_at
                return verdict_of(
                    limit, allowed=False, count=limit, left_s=left_s, window_s=window_s
                )
            answer = await self._link.ask(Question(key, limit, takes=True, window_s=window_s))
            if answer is not None:
                if not answer.has_room:
                    self._remember(key, asked_at, answer)
                return verdict_of(
                    limit,
                    allowed=answer.has_room,
                    count=answer.held,
                    left_s=answer.left_us / 1_000_000,
                    window_s=window_s,
                )
        return await self._own.hit(item, bucket, who)

    async def is_full(self, item: RateLimitItem, bucket: str, who: str) -> bool:
        """Whether another request would be refused."""
        if self._is_in_reach():
            key, asked_at = f"{bucket}/{who}", monotonic()
            if asked_at < self._full.get(key, 0.0):
                return True
            answer = await self._link.ask(
                Question(key, item.amount, takes=False, window_s=item.get_expiry())
            )
            if answer is not None:
                if not answer.has_room:
                    self._remember(key, asked_at, answer)
                return not answer.has_room
        return await self._own.is_full(item, bucket, who)

    async def answers(self) -> bool:
        """Ask Redis whether it does what requests need. Takes ``PROBE_S`` at most."""
        try:
            async with asyncio.timeout(PROBE_S):
                is_there = await self._link.ask(PROBE) is not None
        except TimeoutError:
            return False
        if is_there and self._is_lost:
            self._is_lost = False
            log.warning("shared rate limits are back")
        return is_there

    async def close(self) -> None:
        """Let go of the connection."""
        if self._asking is not None:
            self._asking.cancel()
        await self._link.close()

    def _is_in_reach(self) -> bool:
        if self._is_lost:
            self._look_again()
        return not self._is_lost

    def _begin_anew(self) -> None:
        """Another Redis may answer from now on, or the same one without its memory."""
        self._full.clear()
        self._look_again()

    def _look_again(self) -> None:
        """Ask whether Redis is there, beside the requests; not more often than now and then."""
        if self._asking is None and monotonic() >= self._ask_again_at:
            self._asking = asyncio.create_task(self._ask_again())

    async def _ask_again(self) -> None:
        try:
            await self.answers()
        finally:
            self._ask_again_at = monotonic() + SHUN_S
            self._asking = None

    def _shun(self, error: Exception) -> None:
        self._ask_again_at = monotonic() + SHUN_S
        self._full.clear()
        if not self._is_lost:
            self._is_lost = True
            log.warning("shared rate limits out of reach", error=type(error).__name__)

    def _remember(self, key: str, asked_at: float, answer: Answer) -> None:
        """Remember a full window, from before Redis looked: never longer than it is full."""
        if asked_at - self._swept_at >= WINDOW_S or len(self._full) >= REFUSED_MAX:
            self._swept_at = asked_at
            self._full = {key: until for key, until in self._full.items() if until > asked_at}
            if len(self._full) >= REFUSED_MAX:
                self._full.clear()
        self._full[key] = asked_at + answer.left_us / 1_000_000
