"""Counting clicks without making anybody wait for it: a link leads on, whatever the database does."""

import asyncio
from typing import Final

from jiema_app.domain.referrals.clicks import Click, Clicks
from jiema_app.domain.transaction import DATABASE_TROUBLES

WAIT_S: Final = 0.5
"""A visitor waits no longer than this for their click to be counted."""

AT_ONCE_MAX: Final = 4
"""Clicks that are being counted: connections that a database which stands still takes from us."""


class ClickCounting:
    """Counts the clicks that come to one process."""

    def __init__(self, wait_s: float = WAIT_S) -> None:
        """Take how long a visitor waits."""
        self._wait_s = wait_s
        self._places = asyncio.Semaphore(AT_ONCE_MAX)
        self._under_way: set[asyncio.Task[Click | None]] = set()

    async def count(self, clicks: Clicks, code: str, address: str, agent: str) -> Click | None:
        """Count a click; see `Clicks.count`.

        Returns:
            None when that takes too long, or the database is in trouble: nobody knows whose link
            it is, and the click may not be counted.
        """
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._wait_s
        try:
            async with asyncio.timeout_at(ends_at):
                await self._places.acquire()
        except TimeoutError:
            return None
        # Cut off, it would hold its visitor until its connection has been given back.
        task = asyncio.create_task(self._count(clicks, code, address, agent))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        done, _ = await asyncio.wait({task}, timeout=ends_at - loop.time())
        return task.result() if done else None

    async def _count(self, clicks: Clicks, code: str, address: str, agent: str) -> Click | None:
        try:
            return await clicks.count(code, address, agent)
        except DATABASE_TROUBLES:
            return None
        finally:
            self._places.release()
