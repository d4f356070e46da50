"""The catalogue that a process serves from, replaced when it changes."""

import asyncio
import contextlib
import time

from jiema_app.domain.catalog.queries import SOLD_OUT
from jiema_app.domain.catalog.service import CatalogService
from jiema_app.domain.catalog.snapshot import Catalog, build_catalog

RELOAD_S = 240
"""A reload happens at least this often, should an announcement be missed."""

SETTLE_S = 0.3
"""Announcements come in bursts; one reload serves a burst."""

REST_TIMES = 10
"""After reading it, stock that is gone waits for so many times as long as that took: buyers who
find one pair after another sold out must not keep every process reading, and its pages new."""

REST_MAX_S = 5.0


class LiveCatalog:
    """Holds the current catalogue. Readers take ``current`` once per request."""

    def __init__(self, service: CatalogService) -> None:
        self._service = service
        self._changed = asyncio.Event()
        self._urgent = asyncio.Event()
        self._rests_until = 0.0
        self._behind_since: float | None = None
        self.current: Catalog = build_catalog(service.clock.now())

    @property
    def age_s(self) -> float:
        """How long ago the current catalogue was read."""
        return (self._service.clock.now() - self.current.generated_at).total_seconds()

    @property
    def behind_s(self) -> float:
        """For how long there has been a change that the current catalogue does not show."""
        return 0.0 if self._behind_since is None else time.monotonic() - self._behind_since

    def announce_change(self) -> None:
        """Have the catalogue read again soon."""
        self._urgent.set()
        self._note_change()

    def hear(self, announcement: str) -> None:
        """Have it read again for what was announced: prices soon, stock that is gone when it may."""
        if announcement == SOLD_OUT:
            self._note_change()
        else:
            self.announce_change()

    async def reload(self) -> None:
        """Read the catalogue now."""
        self.current = await self._service.read()

    async def follow(self) -> None:
        """Keep the catalogue fresh until it cannot be read.

        Whoever keeps this going calls it again, and it is read at once.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._changed.wait()
            await asyncio.sleep(SETTLE_S)
            await self._rest()
            self._changed.clear()
            self._urgent.clear()
            behind_since, self._behind_since = self._behind_since, None
            began = time.monotonic()
            try:
                await self.reload()
            except BaseException:
                self._behind_since = behind_since or time.monotonic()
                self._changed.set()
                self._urgent.set()
                raise
            now = time.monotonic()
            self._rests_until = now + min(REST_MAX_S, REST_TIMES * (now - began))

    def _note_change(self) -> None:
        if self._behind_since is None:
            self._behind_since = time.monotonic()
        self._changed.set()

    async def _rest(self) -> None:
        """Wait after the last reading, unless something is urgent."""
        left = self._rests_until - time.monotonic()
        if left > 0 and self._behind_since is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._urgent.wait()

    def _pause_s(self) -> float:
        planned = self.current.next_change_at
        if planned is None:
            return RELOAD_S
        left = (planned - self._service.clock.now()).total_seconds()
        return min(RELOAD_S, max(0.0, left))
