"""Refreshing offers: on a schedule, and sooner when a supplier stirs."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from jiema_app.bootstrap import Services

EVERY_S: Final = 300.0
AFTER_NOTICE_S: Final = 60.0
"""A webhook call says that the market moves: refresh then, but not more often than this."""


@dataclass(slots=True)
class OfferRefresh:
    """Decides on each tick whether a refresh is due."""

    services: Services
    _refreshed_at: dict[str, float] = field(default_factory=dict)
    _stirred: set[str] = field(default_factory=set)

    def note_stir(self, supplier: str) -> None:
        """A supplier has called."""
        self._stirred.add(supplier)

    async def run(self, supplier: str, _started: datetime) -> None:
        """Refresh the offers of a supplier, if it is time.

        Raises:
            OffersLookBroken, SupplierError: The last offers were kept.
        """
        age = time.monotonic() - self._refreshed_at.get(supplier, float("-inf"))
        if age < (AFTER_NOTICE_S if supplier in self._stirred else EVERY_S):
            return
        self._stirred.discard(supplier)
        await self.services.catalog.refresh_offers(self.services.suppliers[supplier])
        self._refreshed_at[supplier] = time.monotonic()
