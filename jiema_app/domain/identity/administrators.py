"""Who acts on the command line: an administrator proves it with a token of their own.

Typing somebody's id proves nothing, and two ids typed by one person are not two people. A
token is shown once, to whoever is to have it; its hash is kept. A ban or another role ends it.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.api_keys.service import hash_token
from jiema_app.domain.errors import Forbidden
from jiema_app.domain.identity import queries
from jiema_app.domain.transaction import Database
from jiema_app.domain.units import UserId

PREFIX: Final = "jm_"
"""As that of API keys: logs hide what begins so."""

TOKEN_MAX: Final = 128


@dataclass(frozen=True, slots=True)
class Administrators:
    """The proofs of administrators."""

    database: Database

    async def issue(self, user: UserId, *, actor: str) -> str:
        """Give an administrator a token; one that they had counts no more.

        Raises:
            Forbidden: They are no administrator, or are banned. Nothing changed.
        """
        token = PREFIX + secrets.token_urlsafe(32)
        async with self.database.transaction() as connection:
            made = await connection.fetchval(queries.ISSUE_PROOF, user, hash_token(token), actor)
        if made is None:
            raise Forbidden("Only an administrator who is not banned has a token.")
        return token

    async def prove(self, user: UserId, token: str) -> None:
        """See to it that a token is this administrator's.

        Raises:
            Forbidden: It is not, or they are an administrator no more.
        """
        async with self.database.connection() as connection:
            is_theirs = len(token) <= TOKEN_MAX and await connection.fetchval(
                queries.IS_PROOF, user, hash_token(token)
            )
        if not is_theirs:
            raise Forbidden("This token does not prove that you are this administrator.")

    async def on_telegram(self, telegram_id: int) -> UserId | None:
        """Which administrator has a number on Telegram; None of anybody else, or a banned one.

        Telegram vouches for who wrote a message, so that nothing else is to be proved.
        """
        async with self.database.connection() as connection:
            found = await connection.fetchval(queries.ADMINISTRATOR_ON_TELEGRAM, telegram_id)
        return None if found is None else UserId(found)

    async def are_any(self) -> bool:
        """Whether anybody could prove themself."""
        async with self.database.connection() as connection:
            return bool(await connection.fetchval(queries.ARE_PROOFS))
