"""Keeping people signed in who come back: their session's cookie is renewed with a page."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import Message, Scope, Send

from jiema_app.domain.clock import Clock
from jiema_app.domain.identity.sessions import Sessions
from jiema_app.domain.transaction import DATABASE_TROUBLES
from jiema_app.serving.session_cookie import SessionCookie, wants_renewal


@dataclass(frozen=True, slots=True)
class Renewal:
    """Renews cookies that are older than a day."""

    cookie: SessionCookie
    clock: Clock
    sessions: Callable[[], Sessions]
    """They exist once the process has started."""

    async def wrap(self, scope: Scope, send: Send, cookie_header: str) -> Send:
        """``send``, which adds a renewed cookie to the answer when there is one."""
        token = self.cookie.read(cookie_header)
        if scope["method"] != "GET" or not token or not wants_renewal(token, self.clock.now()):
            return send
        try:
            renewed = await self.sessions().renew(token)
        except DATABASE_TROUBLES:
            return send  # the next page is early enough
        if renewed is None:
            return send
        cookies = [(b"set-cookie", value.encode()) for value in self.cookie.set(renewed)]

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0] != b"cache-control"]
                # This answer is for one person: no store between us may keep it.
                private = (b"cache-control", b"private, no-cache")
                message = {**message, "headers": [*kept, private, *cookies]}
            await send(message)

        return send_with_cookies
