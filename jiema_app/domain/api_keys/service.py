"""Keys of the public API: made, listed, revoked, and recognised on every request."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from jiema_app.domain import ids
from jiema_app.domain.api_keys import queries
from jiema_app.domain.errors import BadRequest, NotFound
from jiema_app.domain.labels import clean_label
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import AccountId, UserId

TOKEN_PATTERN: Final = re.compile(r"jm_[A-Za-z0-9_-]{43}")
"""``jm_`` and 32 random bytes in base64url without padding."""

PREFIX_LENGTH: Final = 8
NAME_LENGTH_MAX: Final = 60
REVOKED_SHOWN: Final = 20
"""Of the revoked keys, at least so many are listed."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes an authenticated request."""

    key_id: str
    user_id: UserId
    account_id: AccountId
    """Their spending account, so that an order need not look it up."""
    is_banned: bool


@dataclass(frozen=True, slots=True)
class ApiKeyView:
    """A key as its owner sees it after creation."""

    id: str
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether it still opens the API."""
        return self.revoked_at is None


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key at the only moment its token is known."""

    key: ApiKeyView
    token: str = field(repr=False)


def hash_token(token: str) -> bytes:
    """What is stored of a token. It holds 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class ApiKeyService:
    """The keys of users.

    Attributes:
        active_max: Active keys one user may hold.
    """

    database: Database
    active_max: int

    async def create(self, user: UserId, name: str) -> NewApiKey:
        """Make a key. Its token is returned here and never again.

        Raises:
            BadRequest: The name is empty, too long or has invisible characters, or the user
                holds the most keys allowed. Nothing was made.
            NotFound: There is no such user.
        """
        name = clean_label(name, what="Name of the key", length_max=NAME_LENGTH_MAX)
        token = f"jm_{secrets.token_urlsafe(32)}"
        async with self.database.transaction() as connection:
            if await connection.fetchval(queries.LOCK_OWNER, user) is None:
                raise NotFound("User not found.")
            if await connection.fetchval(queries.COUNT_ACTIVE, user) >= self.active_max:
                raise BadRequest(
                    f"You've reached the limit of {self.active_max} active keys. Revoke one first."
                )
            row = await connection.fetchrow(
                queries.CREATE, ids.new_id(), user, name, token[:PREFIX_LENGTH], hash_token(token)
            )
        assert row is not None
        return NewApiKey(key=ApiKeyView(**dict(row)), token=token)

    async def list_active(self, user: UserId) -> list[ApiKeyView]:
        """The user's active keys, newest first."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.LIST, user)
        return [ApiKeyView(**dict(row)) for row in rows]

    async def list_all(self, user: UserId) -> list[ApiKeyView]:
        """The user's active keys, newest first, then those revoked last."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.LIST_ALL, user, self.active_max + REVOKED_SHOWN)
        return [ApiKeyView(**dict(row)) for row in rows]

    async def revoke(self, user: UserId, key_id: str) -> None:
        """End a key at once, in every process.

        Raises:
            NotFound: It is not an active key of this user.
        """
        if not ids.is_id(key_id):
            raise NotFound("Active key not found.")
        async with self.database.transaction() as connection:
            revoked = await connection.fetch(queries.REVOKE, key_id, user)
        if not revoked:
            raise NotFound("Active key not found.")

    async def authenticate(self, token: str) -> Principal | None:
        """The bearer of a token, or None when it is malformed, unknown or revoked."""
        if TOKEN_PATTERN.fullmatch(token) is None:
            return None
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.AUTHENTICATE, hash_token(token))
        return None if row is None else Principal(**dict(row))

    async def touch(self, key_ids: list[str]) -> None:
        """Note that keys were used. At most one write a minute per key."""
        async with self.database.connection() as connection:
            await connection.execute(queries.TOUCH, key_ids)
