"""Browsers that are signed in: opened, recognised, renewed, ended.

The database decides. What it said is remembered for seconds, so that a page with many
questions asks it once; whatever ends a session announces it on ``credentials_changed``,
and every process forgets the user at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from jiema_app.domain import ids
from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import Forbidden, NotFound
from jiema_app.domain.grouped_reads import GroupedReads
from jiema_app.domain.identity import session_queries as queries
from jiema_app.domain.identity.confirmed import Confirmed
from jiema_app.domain.identity.devices import MINI_APP, describe_device
from jiema_app.domain.identity.session_tokens import RENEW_AFTER, Claims, SessionTokens
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import AccountId, UserId

TRUST_S: Final = 5.0
SEEN_EVERY: Final = timedelta(minutes=15)

OPEN_MAX: Final = 100
"""Browsers of one user that are signed in at once. All of them stand on a page of theirs, in each
tab of it, and a program can sign in every few seconds."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who uses a signed-in browser. Banned people are nobody here."""

    user_id: UserId
    account_id: AccountId
    """Their spending account, so that an order need not look it up."""
    jti: str
    display_name: str
    lang: str
    role: str
    signed_in_at: datetime
    """When this browser was signed in, however often its session was renewed since."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """A signed-in browser as its owner sees it."""

    jti: str
    device: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class _Known:
    visitor: Visitor
    version: int


def _session_memory() -> Confirmed[_Known]:
    return Confirmed(lambda known: known.visitor.user_id)


@dataclass(frozen=True, slots=True)
class Sessions:
    """The signed-in browsers of all users.

    Attributes:
        life: A browser that stays away for so long is signed out.
        absolute_life: After this everybody signs in again.
    """

    database: Database
    clock: Clock
    tokens: SessionTokens
    life: timedelta
    absolute_life: timedelta
    memory: Confirmed[_Known] = field(default_factory=_session_memory)
    _asked: GroupedReads[str, _Known] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_asked", GroupedReads(self._ask_each))

    async def open(self, connection: Connection, user: UserId, user_agent: str) -> str:
        """Sign a browser in. Runs in the caller's transaction.

        Of a user with ``OPEN_MAX`` browsers the one that stayed away longest is signed out.

        Returns:
            The token for its cookie.

        Raises:
            Forbidden: The user is banned or does not exist. Nothing was opened.
        """
        now = self.clock.now()
        claims_end, absolute = now + min(self.life, self.absolute_life), now + self.absolute_life
        jti = ids.new_id()
        version = await connection.fetchval(
            queries.OPEN,
            jti,
            user,
            describe_device(user_agent),
            now,
            claims_end,
            absolute,
            OPEN_MAX - 1,
        )
        if version is None:
            raise Forbidden("This account is blocked. Contact support.")
        return self.tokens.write(Claims(user, jti, version, now, claims_end))

    async def identify(self, token: str) -> Visitor | None:
        """Who carries a token, or None when it is not valid, was revoked, or they are banned."""
        claims = self.tokens.read(token, self.clock.now())
        return None if claims is None else await self.recognise(claims)

    async def recognise(self, claims: Claims) -> Visitor | None:
        """Whose session it is that a token which was checked speaks of; see ``identify``."""
        known = self.memory.recall(claims.jti)
        if known is None:
            known = await self._asked.read(claims.jti)
        if (
            known is None
            or known.version != claims.version
            or known.visitor.user_id != claims.user_id
        ):
            return None
        return known.visitor

    async def renew(self, token: str) -> str | None:
        """A younger token of the same session, when the given one is older than 24 hours.

        Returns:
            None when there is no need, the session has ended, or its last day has come.
        """
        now = self.clock.now()
        claims = self.tokens.read(token, now)
        if claims is None or now - claims.issued_at < RENEW_AFTER:
            return None
        if await self.identify(token) is None:
            return None
        async with self.database.connection() as connection:
            expires_at = await connection.fetchval(queries.RENEW, claims.jti, now, now + self.life)
        if expires_at is None or expires_at <= now:
            return None
        return self.tokens.write(
            Claims(claims.user_id, claims.jti, claims.version, now, expires_at)
        )

    async def close(self, user: UserId, jti: str) -> None:
        """Sign one browser of a user out, at once and in every process.

        Raises:
            NotFound: It is not an open session of this user.
        """
        if not ids.is_id(jti):
            raise NotFound("Session not found.")
        async with self.database.transaction() as connection:
            now = self.clock.now()
            closed = await connection.fetch(queries.CLOSE, user, jti, now, MINI_APP)
        self.memory.forget(user)
        if not closed:
            raise NotFound("Session not found.")

    async def close_all(self, user: UserId) -> None:
        """Sign every browser of a user out, at once and in every process."""
        async with self.database.transaction() as connection:
            await connection.execute(queries.CLOSE_ALL, user, self.clock.now())
        self.memory.forget(user)

    async def list_open(self, user: UserId, current_jti: str | None = None) -> list[SessionView]:
        """The browsers in which a user is signed in, the one used last first."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.LIST, user, self.clock.now(), OPEN_MAX)
        return [SessionView(**dict(row), is_current=row["jti"] == current_jti) for row in rows]

    def forget(self, user_id: str) -> None:
        """Forget what is remembered of a user, or of everybody when no user is named."""
        self.memory.forget(user_id)

    async def sweep(self) -> None:
        """Delete what has ended: sessions, links, statements that were used."""
        async with self.database.connection() as connection:
            for statement in queries.SWEEP:
                await connection.execute(statement)

    async def _ask_each(self, asked: Sequence[str]) -> dict[str, _Known]:
        now, asked_in = self.clock.now(), self.memory.generation
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.FIND_EACH, asked, now)
            stale = [row["jti"] for row in rows if now - row["last_seen_at"] > SEEN_EVERY]
            if stale:
                await connection.execute(queries.TOUCH, stale, now, now - SEEN_EVERY)
        found = {str(row["jti"]): _known(row) for row in rows}
        for jti, known in found.items():
            self.memory.keep(jti, known, asked_in=asked_in, trust_s=TRUST_S)
        return found


def _known(row: asyncpg.Record) -> _Known:
    visitor = Visitor(
        user_id=UserId(row["user_id"]),
        account_id=AccountId(row["account_id"]),
        jti=row["jti"],
        display_name=row["display_name"],
        lang=row["lang"],
        role=row["role"],
        signed_in_at=row["created_at"],
    )
    return _Known(visitor, row["session_version"])
