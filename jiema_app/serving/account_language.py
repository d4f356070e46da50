"""The language of whoever is signed in, for addresses that name none."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.identity.sessions import Sessions, Visitor
from jiema_app.domain.transaction import DATABASE_TROUBLES
from jiema_app.serving.session_cookie import SessionCookie

PATIENCE_S: Final = 0.5
"""A visitor who waits longer for a redirect is better served by what their browser asks for."""

UNANSWERED: Final[tuple[type[Exception], ...]] = (*DATABASE_TROUBLES, TimeoutError)


@dataclass(frozen=True, slots=True)
class AccountLanguage:
    """Asks whose session a browser has. It may cost a question to the database: not for pages."""

    cookie: SessionCookie
    sessions: Callable[[], Sessions]
    """They exist once the process has started."""

    async def find(self, cookie_header: str) -> str | None:
        """The account's language; None for guests, and when nobody answers in time."""
        token = self.cookie.read(cookie_header)
        return await language_of(self.sessions().identify(token)) if token else None


async def language_of(asked: Awaitable[Visitor | None]) -> str | None:
    """The language of whoever is being identified; None of nobody, or when it takes too long."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            visitor = await asked
    except UNANSWERED:
        return None
    return visitor.lang if visitor is not None else None
