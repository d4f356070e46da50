"""The cookie that carries a browser's session, and the hint beside it.

Everybody who reads or writes it does so here: the API, the dispatcher, Reflex' states.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jiema_app.domain.identity.session_tokens import RENEW_AFTER, TOKEN_LENGTH_MAX
from jiema_app.serving.cookies import find_cookie

HINT_NAME: Final = "signed_in"
"""Lets a page draw the right header at once. It says nothing else, and proves nothing."""


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """How this deployment names, writes and reads it.

    Attributes:
        is_secure: Whether people reach us by https.
        life: How long the browser keeps it.
    """

    is_secure: bool
    life: timedelta = timedelta(days=30)

    @property
    def name(self) -> str:
        """``__Host-`` has browsers refuse one that another host of our domain has set."""
        return "__Host-sid" if self.is_secure else "sid"

    def read(self, cookie_header: str) -> str | None:
        """The token in a request's ``Cookie`` header."""
        return find_cookie(cookie_header, self.name)

    def set(self, token: str) -> tuple[str, str]:
        """The values of ``Set-Cookie`` that sign a browser in, or keep it so."""
        return self._write(token, "1", int(self.life.total_seconds()))

    def clear(self) -> tuple[str, str]:
        """The values of ``Set-Cookie`` that sign a browser out."""
        return self._write("", "", 0)

    def _write(self, token: str, hint: str, max_age_s: int) -> tuple[str, str]:
        common = f"; Path=/; Max-Age={max_age_s}; SameSite=Lax"
        if self.is_secure:
            common += "; Secure"
        return f"{self.name}={token}{common}; HttpOnly", f"{HINT_NAME}={hint}{common}"


def session_cookie_of(origin: str, days: int = 30) -> SessionCookie:
    """The cookie of a deployment that people reach under ``origin``."""
    return SessionCookie(origin.startswith("https://"), timedelta(days=days))


def read_session(cookie_header: str, *, origin: str) -> str | None:
    """The token of the browser that sent this ``Cookie`` header to ``origin``, if any."""
    return session_cookie_of(origin).read(cookie_header)


def wants_renewal(token: str, now: datetime) -> bool:
    """Whether a token is older than 24 hours, by its own word.

    Asks nobody and checks no signature: only whether ``Sessions.renew`` is worth a call.
    """
    if len(token) > TOKEN_LENGTH_MAX:
        return False
    try:
        payload = token.split(".")[1]
        body = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return now.timestamp() - float(body["iat"]) > RENEW_AFTER.total_seconds()
    except (LookupError, TypeError, ValueError, ArithmeticError, RecursionError):
        return False
