"""Recognising API keys without asking the database on every request.

A ban or a revocation empties the user's entries in every process through a database
notification, within milliseconds; a missed one is covered by the short life of an entry
and by emptying the cache whenever the listening connection was lost. Placing an order
checks the ban once more in its own statement.
"""

import asyncio
from typing import Final

from starlette.types import Scope

from jiema_app.domain.api_keys.service import ApiKeyService, Principal
from jiema_app.domain.errors import AuthInvalid, Forbidden
from jiema_app.domain.identity.confirmed import Confirmed

TRUST_S: Final = 20.0
TOUCH_S: Final = 15.0


def token_of(scope: Scope) -> str | None:
    """The API key; ``Authorization`` wins over ``X-API-Key``. Never from the address."""
    other: str | None = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            kind, _, token = value.decode("latin-1").strip().partition(" ")
            return token.strip() if kind.lower() == "bearer" else ""
        if name == b"x-api-key":
            other = value.decode("latin-1").strip()
    return other


def ensure_not_banned(principal: Principal) -> None:
    """Refuse whoever is banned.

    Raises:
        Forbidden: They are.
    """
    if principal.is_banned:
        raise Forbidden("This account is blocked. Contact support.")


class Credentials:
    """Bearers of keys, remembered for seconds."""

    def __init__(self, api_keys: ApiKeyService) -> None:
        self._api_keys = api_keys
        self._confirmed: Confirmed[Principal] = Confirmed(lambda principal: principal.user_id)
        self._used: set[str] = set()

    def recall(self, token: str) -> Principal | None:
        """The bearer of a token that was recognised in the last seconds."""
        principal = self._confirmed.recall(token)
        if principal is not None:
            self._used.add(principal.key_id)
        return principal

    async def find_principal(self, token: str) -> Principal | None:
        """The bearer of a token as the database knows it, or None when it is not valid."""
        asked_in = self._confirmed.generation
        principal = await self._api_keys.authenticate(token)
        if principal is None:
            self._confirmed.drop(token)
            return None
        self._confirmed.keep(token, principal, asked_in=asked_in, trust_s=TRUST_S)
        self._used.add(principal.key_id)
        return principal

    async def ensure_still_known(self, scope: Scope) -> None:
        """Look again who asks, before a request that has waited is told what it waited for.

        Raises:
            AuthInvalid: The key was revoked meanwhile.
            Forbidden: Its user was banned meanwhile.
        """
        token = token_of(scope) or ""
        principal = self.recall(token) or await self.find_principal(token)
        if principal is None:
            raise AuthInvalid
        ensure_not_banned(principal)

    def forget(self, user_id: str) -> None:
        """Forget a user's keys, or everybody's when no user is named."""
        self._confirmed.forget(user_id)

    async def note_uses(self) -> None:
        """Write down from time to time which keys were used, until that fails.

        Whoever keeps this going calls it again; nothing that was used is forgotten.
        """
        while True:
            await asyncio.sleep(TOUCH_S)
            used, self._used = self._used, set()
            if not used:
                continue
            try:
                await self._api_keys.touch(sorted(used))
            except BaseException:
                self._used |= used
                raise
