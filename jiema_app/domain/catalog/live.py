"""The catalogue that a process serves from, replaced when it changes."""

import asyncio
import contextlib

import structlog

from jiema_app.domain.catalog.service import CatalogService
from jiema_app.domain.catalog.snapshot import Catalog, build_catalog
from jiema_app.domain.transaction import DATABASE_TROUBLES

log = structlog.get_logger()

RELOAD_S = 240
"""A reload happens at least this often, should an announcement be missed."""

SETTLE_S = 0.3
"""Announcements come in bursts; one reload serves a burst."""


class LiveCatalog:
    """Holds the current catalogue. Readers take ``current`` once per request."""

    def __init__(self, service: CatalogService) -> None:
        self._service = service
        self._changed = asyncio.Event()
        self.current: Catalog = build_catalog(service.clock.now())

    def announce_change(self) -> None:
        """Have the catalogue read again soon."""
        self._changed.set()

    async def reload(self) -> None:
        """Read the catalogue now."""
        self.current = await self._service.read()

    async def follow(self) -> None:
        """Keep the catalogue fresh until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._pause_s())
            await asyncio.sleep(SETTLE_S)
            self._changed.clear()
            try:
                await self.reload()
            except DATABASE_TROUBLES as error:
                log.warning("catalogue not reloaded", error=type(error).__name__)
                await asyncio.sleep(1)
                self._changed.set()

    def _pause_s(self) -> float:
        planned = self.current.next_change_at
        if planned is None:
            return RELOAD_S
        left = (planned - self._service.clock.now()).total_seconds()
        return min(RELOAD_S, max(0.0, left))
