"""Asking whether the shop is ready, as often as anybody likes."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.operations.readiness import Check, Readiness

FRESH_S: Final = 1.0
"""An answer this young serves whoever asks: the address is open to everybody."""

TROUBLE_FRESH: Final = 0.2
"""Trouble counts for this part of it: somebody waits for its end."""


@dataclass(slots=True)
class Lookout:
    """Looks at most once at a time, and at most once a second while all is well."""

    readiness: Readiness
    fresh_s: float = FRESH_S
    _looking: "asyncio.Task[list[Check]] | None" = None
    _found: Sequence[Check] = ()
    _found_at: float = float("-inf")

    async def look(self) -> Sequence[Check]:
        """What was found a moment ago, or what is found now."""
        is_well = all(check.ok for check in self._found)
        fresh_s = self.fresh_s if is_well else self.fresh_s * TROUBLE_FRESH
        if time.monotonic() - self._found_at < fresh_s:
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
