"""The Mini App's door: a launch that Telegram signed is exchanged for a bearer of an hour.

A launch may be exchanged again within its day, for clients keep it and a page asks anew before its
bearer runs out; but it belongs to whoever exchanged it first. Why, and what that covers, says
docs/decisions/0047-whose-a-launch-is.md.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from jiema_app.domain import ids
from jiema_app.domain.clock import Clock
from jiema_app.domain.errors import Forbidden, NotFound
from jiema_app.domain.identity import mini_app_queries as queries
from jiema_app.domain.identity.devices import MINI_APP
from jiema_app.domain.identity.mini_app_launch import Launch, LaunchRefused, verify_launch
from jiema_app.domain.identity.provider import Provider
from jiema_app.domain.identity.session_tokens import Claims, SessionTokens
from jiema_app.domain.identity.sessions import Sessions, Visitor
from jiema_app.domain.identity.sign_in import BLOCKED, SignIn
from jiema_app.domain.notifications.deliveries import Delivery, put
from jiema_app.domain.referrals.attribution import Invitation
from jiema_app.domain.referrals.marks import Trace
from jiema_app.domain.referrals.statuses import ReferralSource
from jiema_app.domain.telegram import chats, kinds
from jiema_app.domain.telegram.states import ChatState
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import UserId

BEARER_LIFE: Final = timedelta(hours=1)
AUDIENCE: Final = "jiema-mini"
KIND: Final = "miniapp"
PURPOSE: Final = b"jiema mini app session v1"
ISSUER: Final = "https://telegram.org"

LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When whoever carries a bearer has signed in: a launch alone is no sign-in to ask for money by."""

KEY: Final = re.compile(r"[A-Za-z0-9_-]{22}")
"""A page's own secret: 128 random bits."""
KEYS_MAX: Final = 50
"""Pages, each with a secret of its own, that one launch may open within its day."""

USED: Final = "This launch was opened on another device. Reopen the Mini App from the bot."
ELSEWHERE: Final = "opened elsewhere"
"""Why, for the log."""
OVER: Final = "You've been signed out. Reopen the Mini App from the bot."


@dataclass(frozen=True, slots=True)
class LaunchPlace:
    """From where a launch is exchanged.

    Attributes:
        agent: What the browser calls itself, of bounded length.
        country: Where its address is; None when that is not known.
        key: The secret that the page made up for itself, if it sent one.
        trace: From where they sign in, to be remembered for a time.
    """

    agent: str
    country: str | None
    key: str | None
    trace: Trace | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a page of the Mini App keeps in its memory.

    Attributes:
        telegram_id: Whose launch it was.
        language: That of their Telegram, as it names it.
    """

    token: str
    expires_at: datetime
    telegram_id: int
    language: str
    user_id: UserId


@dataclass(frozen=True, slots=True)
class MiniAppDoor:
    """Lets people in by their launch, and knows them by their bearer.

    Attributes:
        bot_token: Of our bot; None where there is no bot, and so no Mini App.
    """

    database: Database
    clock: Clock
    sign_in: SignIn
    sessions: Sessions
    tokens: SessionTokens
    bot_token: str | None = field(repr=False)

    def read_launch(self, init_data: str) -> Launch:
        """Check a launch, and ask nobody.

        Raises:
            NotFound: There is no bot.
            LaunchRefused: It does not hold.
        """
        if self.bot_token is None:
            raise NotFound("There is no Mini App here.")
        return verify_launch(init_data, self.bot_token, self.clock.now())

    async def exchange(self, launch: Launch, place: LaunchPlace, lang: str) -> Bearer:
        """A bearer for whoever opened a launch; at their first time, make their account.

        Args:
            launch: As ``read_launch`` returned it.
            place: From where. Its address was admitted: that is noted for the bot.
            lang: The locale of a newcomer.

        Raises:
            LaunchRefused: It was exchanged from elsewhere, or its session was ended.
            Forbidden: They are banned. Nothing was opened.
        """
        try:
            return await self._exchange(launch, place, lang)
        except LaunchRefused as refused:
            if refused.reason == ELSEWHERE:
                await self._tell_refused(launch)
            raise

    async def _exchange(self, launch: Launch, place: LaunchPlace, lang: str) -> Bearer:
        now = self.clock.now()
        async with self.database.transaction() as connection:
            user, is_new = await self.sign_in.find_or_make(
                connection,
                Provider.TELEGRAM,
                ISSUER,
                str(launch.telegram_id),
                lang=lang,
                invitations=_invitations(launch, now),
            )
            known = await connection.fetchrow(queries.FIND_LAUNCH, launch.digest)
            keys = _admitted_keys(launch, place, user, known)
            claims = await self._open(connection, user, now)
            await connection.execute(
                queries.KEEP_LAUNCH,
                launch.digest,
                user,
                claims.version,
                claims.jti,
                _agent_hash(launch, place),
                place.country,
                keys,
                now,
                launch.expires_at,
            )
            await chats.bind(connection, launch.telegram_id, user)
            # Whoever exchanges has been admitted by their address.
            await chats.note_place(connection, user)
            if known is None and place.trace is not None:
                await self.sign_in.keep_marks(connection, user, place.trace, is_sign_up=is_new)
        if is_new:
            await self.sign_in.welcome_newcomer(user)
        token = self.tokens.write(claims)
        return Bearer(token, claims.expires_at, launch.telegram_id, launch.language, user)

    async def _tell_refused(self, launch: Launch) -> None:
        """Have the owner of a launch told that it was refused on another device.

        Once for each launch, and only where the chat is open: whoever has copied one cannot have
        its owner written to as often as they please.
        """
        async with self.database.transaction() as connection:
            chat = await chats.find(connection, launch.telegram_id)
            if chat is None or chat.state is not ChatState.OPEN:
                return
            await put(
                connection,
                Delivery(
                    recipient=str(launch.telegram_id),
                    kind=kinds.LAUNCH_REFUSED,
                    key=f"launch-refused:{launch.digest.hex()}",
                ),
            )

    async def identify(self, token: str) -> Visitor | None:
        """Who carries a bearer, or None when it is not valid, has ended, or they are banned."""
        claims = self.tokens.read(token, self.clock.now())
        visitor = None if claims is None else await self.sessions.recognise(claims)
        return None if visitor is None else replace(visitor, signed_in_at=LONG_AGO)

    async def _open(self, connection: Connection, user: UserId, now: datetime) -> Claims:
        ends_at = now + BEARER_LIFE
        row = await connection.fetchrow(queries.OPEN, ids.new_id(), user, MINI_APP, now, ends_at)
        if row is None:
            raise Forbidden(BLOCKED)
        return Claims(user, row["jti"], row["session_version"], now, ends_at)


def _invitations(launch: Launch, now: datetime) -> list[Invitation]:
    """The link that a newcomer followed, by Telegram's own word."""
    if not launch.start_param:
        return []
    return [Invitation(launch.start_param, ReferralSource.START_PARAM, now)]


def _admitted_keys(launch: Launch, place: LaunchPlace, user: UserId, known: Any) -> list[bytes]:
    """The secrets of pages that a launch has opened, this one's too.

    Raises:
        LaunchRefused: This page is none of whoever opened it first, or its session was ended.
    """
    own = None if place.key is None else _hash(launch, "key", place.key)
    if known is None:
        return [] if own is None else [own]
    if known["user_id"] != user:  # the identity is another account's since
        raise LaunchRefused(OVER, "another account's")
    if known["is_over"]:
        raise LaunchRefused(OVER, "signed out")
    kept = [bytes(one) for one in known["key_hashes"]]
    if own is not None and own in kept:
        return kept
    is_same = (
        bytes(known["agent_hash"]) == _agent_hash(launch, place)
        and known["country"] == place.country
    )
    if not is_same or len(kept) >= KEYS_MAX:
        raise LaunchRefused(USED, ELSEWHERE)
    return kept if own is None else [*kept, own]


def _agent_hash(launch: Launch, place: LaunchPlace) -> bytes:
    return _hash(launch, "agent", place.agent)


def _hash(launch: Launch, what: str, value: str) -> bytes:
    words = f"{what} {value}".encode(errors="replace")
    return hashlib.sha256(launch.salt + words).digest()[:16]
