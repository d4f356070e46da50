"""The Redis of pages: one that hangs holds nobody up."""

import asyncio
import time
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

PATIENCE_S: Final = 1.0
SHUN_S: Final = 2.0
"""It is left alone this long after it failed."""


class ImpatientRedis(Redis):
    """A client that gives up soon, and then fails at once for a while.

    Reflex asks Redis whenever a page connects, with a client that waits for ever, and does
    without it when it fails. Only commands are bounded: a time limit of the connections would
    end subscriptions that have nothing to say.
    """

    _shunned_until = 0.0

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command.

        Raises:
            RedisTimeoutError: It did not answer in time, or failed a moment ago.
        """
        if time.monotonic() < self._shunned_until:
            raise RedisTimeoutError("left alone for a moment")
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except TimeoutError:
            self._shun()
            raise RedisTimeoutError("no answer") from None
        except (RedisConnectionError, RedisTimeoutError, OSError):
            self._shun()
            raise

    def _shun(self) -> None:
        self._shunned_until = time.monotonic() + SHUN_S
