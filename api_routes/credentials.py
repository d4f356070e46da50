"""Recognising API keys without asking the database on every request.

A ban or a revocation empties the user's entries in every process through a database
notification, within milliseconds; a missed one is covered by the short life of an entry
and by emptying the cache whenever the listening connection was lost. Placing an order
checks the ban once more in its own statement.
"""

import asyncio
import time
from typing import Final

import structlog

from jiema_app.domain.api_keys.service import ApiKeyService, Principal
from jiema_app.domain.transaction import DATABASE_TROUBLES

log = structlog.get_logger()

TRUST_S: Final = 20.0
ENTRIES_MAX: Final = 10_000
TOUCH_S: Final = 15.0


class Credentials:
    """Bearers of keys, remembered for seconds."""

    def __init__(self, api_keys: ApiKeyService) -> None:
        self._api_keys = api_keys
        self._known: dict[str, tuple[float, Principal]] = {}
        self._used: set[str] = set()

    async def find_principal(self, token: str) -> Principal | None:
        """The bearer of a token, or None when it is not valid."""
        known = self._known.get(token)
        if known is not None and known[0] > time.monotonic():
            principal = known[1]
        else:
            found = await self._api_keys.authenticate(token)
            if found is None:
                self._known.pop(token, None)
                return None
            principal = found
            if len(self._known) >= ENTRIES_MAX:
                self._known.clear()
            self._known[token] = (time.monotonic() + TRUST_S, principal)
        self._used.add(principal.key_id)
        return principal

    def forget(self, user_id: str) -> None:
        """Forget a user's keys, or everybody's when no user is named."""
        if not user_id:
            self._known.clear()
            return
        for token in [t for t, (_, p) in self._known.items() if p.user_id == user_id]:
            del self._known[token]

    async def note_uses(self) -> None:
        """Write down from time to time which keys were used, until cancelled."""
        while True:
            await asyncio.sleep(TOUCH_S)
            used, self._used = self._used, set()
            if not used:
                continue
            try:
                await self._api_keys.touch(sorted(used))
            except DATABASE_TROUBLES:
                log.warning("uses of keys not noted")
