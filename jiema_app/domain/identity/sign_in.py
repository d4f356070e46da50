"""Signing in: the person behind an identity is found or made, and their browser let in."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import Forbidden, NotFound
from jiema_app.domain.identity import sign_in_queries as queries
from jiema_app.domain.identity.provider import Provider
from jiema_app.domain.identity.service import IdentityService
from jiema_app.domain.identity.sessions import Sessions
from jiema_app.domain.referrals.attribution import (
    CODE,
    Invitation,
    Referrer,
    bind,
    find_referrer,
)
from jiema_app.domain.referrals.marks import Trace, keep_mark
from jiema_app.domain.referrals.queries import FIND_REFERRER
from jiema_app.domain.telegram.chats import forget_place, note_place
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import MicroUsdt, UserId

LINK_LIFE: Final = timedelta(minutes=15)
LINK_PATTERN: Final = re.compile(r"jl_[A-Za-z0-9_-]{43}")
"""``jl_`` and 32 random bytes. The prefix lets logs know it and hide it."""

BLOCKED: Final = "This account is blocked. Contact support."


@dataclass(frozen=True, slots=True)
class SignIn:
    """Lets people in.

    Attributes:
        welcome: Play money of a newcomer in the sandbox; 0 in production.
    """

    database: Database
    clock: Clock
    identity: IdentityService
    sessions: Sessions
    welcome: MicroUsdt

    async def with_identity(
        self,
        provider: Provider,
        issuer: str,
        subject: str,
        *,
        lang: str,
        invitations: Sequence[Invitation] = (),
        user_agent: str,
        trace: Trace | None = None,
        before: UserId | None = None,
    ) -> str:
        """Sign in whoever a provider vouches for; at the first time, make their account.

        Args:
            provider: Who vouches.
            issuer: What it calls itself.
            subject: Its lasting name for the person. Google's and Telegram's are never
                the same account.
            lang: The locale of a newcomer.
            invitations: The links that a newcomer came by. One counts, now, or never.
            user_agent: Of the browser.
            trace: From where they sign in, to be remembered for a time.
            before: Who was signed in with this browser until now.

        Returns:
            The token for the browser's cookie.

        Raises:
            Forbidden: They are banned. Nothing was opened.
        """
        async with self.database.transaction() as connection:
            user, is_new = await self.find_or_make(
                connection, provider, issuer, subject, lang=lang, invitations=invitations
            )
            token = await self.sessions.open(connection, user, user_agent)
            if provider is Provider.TELEGRAM:
                # Whoever gets here was admitted by their address, which a chat cannot tell.
                await note_place(connection, user)
            await self.keep_marks(connection, user, trace, before, is_sign_up=is_new)
        if is_new:
            await self.welcome_newcomer(user)
        return token

    async def find_or_make(
        self,
        connection: Connection,
        provider: Provider,
        issuer: str,
        subject: str,
        *,
        lang: str,
        invitations: Sequence[Invitation] = (),
    ) -> tuple[UserId, bool]:
        """The account of whoever a provider vouches for; see ``with_identity``.

        Returns:
            The user, and whether the account was made just now: then call ``welcome_newcomer``
            once the transaction has ended.

        Raises:
            Forbidden: They are banned.
        """
        # Two first sign-ins at one moment: the second one waits, and finds the account.
        await connection.execute(queries.LOCK_IDENTITY, f"{provider}:{subject}")
        user = await self._find(connection, provider, subject)
        if user is not None:
            return user, False
        referrer = await find_referrer(connection, invitations, self.clock.now())
        return await self._welcome(connection, provider, issuer, subject, lang, referrer), True

    async def welcome_newcomer(self, user: UserId) -> None:
        """Give a newcomer the sandbox's play money."""
        if self.welcome:
            await self.identity.credit(
                user, self.welcome, actor="sandbox", reason="Sandbox balance"
            )

    async def note_admitted(self, user: UserId) -> None:
        """Note that the address of a user was admitted just now: so they may buy in a chat, too."""
        async with self.database.connection() as connection:
            await note_place(connection, user)

    async def note_refused(
        self, user: UserId | None = None, *, telegram_id: int | None = None
    ) -> None:
        """Note that the address of somebody was refused just now: so they may not buy in a chat."""
        async with self.database.connection() as connection:
            await forget_place(connection, user=user, telegram_id=telegram_id)

    async def accept_once(self, digest: bytes, expires_at: datetime) -> bool:
        """Whether a signed login is seen for the first time, in any process."""
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.ACCEPT_ONCE, digest, expires_at)
        return row is not None

    async def make_link(self, user: UserId) -> str:
        """Make the token of an address that signs a browser in, once, within 15 minutes.

        Raises:
            NotFound: There is no such user.
        """
        token = f"jl_{secrets.token_urlsafe(32)}"
        expires_at = self.clock.now() + LINK_LIFE
        async with self.database.connection() as connection:
            made = await connection.fetchval(queries.MAKE_LINK, _hash(token), user, expires_at)
        if made is None:
            raise NotFound("User not found.")
        return token

    async def with_link(
        self,
        token: str,
        user_agent: str,
        trace: Trace | None = None,
        before: UserId | None = None,
    ) -> str:
        """Sign in whom a link was made for.

        Args:
            token: Of the link.
            user_agent: Of the browser.
            trace: As of ``with_identity``.
            before: Likewise.

        Returns:
            The token for the browser's cookie.

        Raises:
            NotFound: The link was used, is too old, or never was one.
            Forbidden: They are banned. The link is not used up.
        """
        if LINK_PATTERN.fullmatch(token) is None:
            raise NotFound("Link not found.")
        async with self.database.transaction() as connection:
            user = await connection.fetchval(queries.USE_LINK, _hash(token), self.clock.now())
            if user is None:
                raise NotFound("Link not found.")
            opened = await self.sessions.open(connection, UserId(user), user_agent)
            await self.keep_marks(connection, UserId(user), trace, before)
        return opened

    async def find_referrer(self, code: str) -> UserId | None:
        """Whose personal link has this code, unless they are banned."""
        if CODE.fullmatch(code) is None:
            return None
        async with self.database.connection() as connection:
            found = await connection.fetchval(FIND_REFERRER, code)
        return None if found is None else UserId(found)

    @staticmethod
    async def keep_marks(
        connection: Connection,
        user: UserId,
        trace: Trace | None,
        before: UserId | None = None,
        *,
        is_sign_up: bool = False,
    ) -> None:
        """Remember from where somebody signs in, of them and of who used the browser before."""
        if trace is None:
            return
        await keep_mark(connection, user, trace, is_sign_up=is_sign_up)
        if before is not None and before != user:
            await keep_mark(connection, before, trace)

    async def _find(
        self, connection: Connection, provider: Provider, subject: str
    ) -> UserId | None:
        row = await connection.fetchrow(queries.FIND, provider, subject)
        if row is None:
            return None
        if row["is_banned"]:
            raise Forbidden(BLOCKED)
        return UserId(row["user_id"])

    async def _welcome(
        self,
        connection: Connection,
        provider: Provider,
        issuer: str,
        subject: str,
        lang: str,
        referrer: Referrer | None,
    ) -> UserId:
        invited_by = None if referrer is None else referrer.user
        user = await self.identity.create(connection, lang=lang, referrer=invited_by)
        await connection.execute(queries.KEEP_IDENTITY, provider, subject, issuer, user)
        if referrer is not None:
            await bind(connection, user, referrer)
        return user


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
