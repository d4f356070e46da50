"""Asking whether the shop is ready, as often as anybody likes."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.operations.readiness import Check, Readiness

FRESH_S: Final = 1.0
"""An answer this young serves whoever asks: the address is open to everybody."""


@dataclass(slots=True)
class Lookout:
    """Looks at most once at a time, and at most once a second."""

    readiness: Readiness
    fresh_s: float = FRESH_S
    _looking: "asyncio.Task[list[Check]] | None" = None
    _found: Sequence[Check] = ()
    _found_at: float = float("-inf")

    async def look(self) -> Sequence[Check]:
        """What was found within the last second, or what is found now."""
        if time.monotonic() - self._found_at < self.fresh_s:
            return self._found
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        # Shared: one who goes away takes nothing from the others.
        return await asyncio.shield(self._looking)

    async def _look(self) -> list[Check]:
        try:
            found = await self.readiness.check()
        finally:
            self._looking = None
        self._found, self._found_at = found, time.monotonic()
        return found
