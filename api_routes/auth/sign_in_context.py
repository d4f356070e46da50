"""What is remembered of a visitor while a provider of identities has them.

It lies in a signed cookie of its own and never travels through the provider.
"""

import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from authlib.integrations.starlette_client import StarletteIntegration
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request

from api_routes.auth import referral_cookie
from jiema_app.serving.cookies import find_cookie
from jiema_app.serving.language_choice import GUESS_COOKIE, choose_locale, chosen_locale
from jiema_app.serving.next_address import locale_of, safe_next
from jiema_app.settings import Settings

FOLDER: Final = "/api/auth"
COOKIE: Final = "oauth_tx"
LIFE_S: Final = 600

PENDING_MAX: Final = 4
"""Sign-ins of one browser under way at a provider: tabs. More would not fit the cookie."""

WIDGET_KEY: Final = "widget"
STATE: Final = "state"
"""What the callback of a sign-in has in its address, that only the browser which asked knows."""

_PURPOSE: Final = b"jiema sign-in transaction v1"
_KEPT: Final = ("redirect_uri", "code_verifier", "nonce", "next", "locale", "ref", "guessed")


@dataclass(frozen=True, slots=True)
class SignInContext:
    """Where a visitor came from and wants to go.

    Attributes:
        next: The page to show afterwards; always one of ours.
        locale: The language they read.
        ref: What their browser remembers of the personal link they followed before.
        is_guess: Whether the language is one that they never chose: we led them into it.
    """

    next: str
    locale: str
    ref: str | None = None
    is_guess: bool = False

    def as_dict(self) -> dict[str, Any]:
        """In the form that the cookie keeps."""
        guessed = {"guessed": 1} if self.is_guess else {}
        return {"next": self.next, "locale": self.locale, "ref": self.ref, **guessed}

    def next_in(self, locale: str) -> str:
        """The wanted page in another language, if its address names the one that was guessed."""
        rest = self.next.removeprefix(f"/{self.locale}")
        is_named = rest != self.next and rest[:1] in {"", "/", "?"}
        return f"/{locale}{rest}" if self.is_guess and is_named else self.next


def read_sign_in_context(request: Request, locales: tuple[str, ...]) -> SignInContext:
    """The sign_in_context of a request that begins one."""
    cookies = "; ".join(request.headers.getlist("cookie"))
    wish = safe_next(request.query_params.get("next"), "")
    named = locale_of(wish, locales)
    locale = named or choose_locale(cookies, request.headers.get("accept-language", ""), locales)
    # An address that the visitor came by themselves is as good as a choice.
    is_guess = chosen_locale(cookies, locales) is None and (
        named is None or named == find_cookie(cookies, GUESS_COOKIE)
    )
    return SignInContext(wish or f"/{locale}/browse", locale, _ref(cookies), is_guess)


def _ref(cookies: str) -> str | None:
    kept = find_cookie(cookies, referral_cookie.NAME)
    return kept if kept is not None and len(kept) <= referral_cookie.LENGTH_MAX else None


def sign_in_context_of(kept: dict[str, Any]) -> SignInContext:
    """The sign_in_context that the cookie kept."""
    return SignInContext(kept["next"], kept["locale"], kept["ref"], bool(kept.get("guessed")))


def remember_widget(request: Request, sign_in_context: SignInContext) -> str:
    """Note that this browser asked for the widget, which has no ``state`` of its own.

    Returns:
        One of ours, for the address that it shall lead back to. Another site can have a
        visitor's browser ask, and lead it back with a login of somebody else.
    """
    kept = request.session.get(WIDGET_KEY) or {}
    # That of another tab still holds: the one that is first comes through.
    state = str(kept.get(STATE) or secrets.token_urlsafe(16))
    own = {STATE: state, "exp": time.time() + LIFE_S}
    request.session[WIDGET_KEY] = sign_in_context.as_dict() | own
    return state


def recall_widget(request: Request, state: str) -> SignInContext | None:
    """The sign_in_context of a browser that asked for the widget. Works once."""
    kept = request.session.get(WIDGET_KEY) or {}
    known = str(kept.get(STATE) or "")
    is_ours = bool(known) and hmac.compare_digest(state.encode(), known.encode())
    if not is_ours or kept["exp"] <= time.time():
        return None
    del request.session[WIDGET_KEY]
    return sign_in_context_of(kept)


def transaction_cookie(settings: Settings) -> Middleware:
    """The layer that reads and writes the cookie, for the routes that need it.

    The signature does not say whose browser it is, so no other host of our domain may set it: a
    visitor would finish a sign-in that somebody else began, and pay into their account. Browsers
    see to that for names with this prefix, which must be sent everywhere.
    """
    secret = settings.session.key or settings.secret_key
    is_secure = settings.origin.startswith("https://")
    return Middleware(
        SessionMiddleware,
        secret_key=hmac.new(secret.get_secret_value().encode(), _PURPOSE, "sha256").hexdigest(),
        session_cookie=f"__Host-{COOKIE}" if is_secure else COOKIE,
        max_age=LIFE_S,
        path="/" if is_secure else FOLDER,
        same_site="lax",
        https_only=is_secure,
    )


class PendingSignIns(StarletteIntegration):  # type: ignore[misc]
    """What authlib remembers, of several tabs at once: its own keeps only the last."""

    expires_in = LIFE_S

    async def set_state_data(
        self, session: dict[str, Any], state: str, data: dict[str, Any]
    ) -> None:
        """Remember a sign-in that begins."""
        prefix = f"_state_{self.name}_"
        pending = sorted(
            (key for key in session if key.startswith(prefix)),
            key=lambda key: float(session[key]["exp"]),
        )
        for key in pending[: max(0, len(pending) - PENDING_MAX + 1)]:
            del session[key]
        kept = {name: data[name] for name in _KEPT if name in data}
        session[f"{prefix}{state}"] = {"data": kept, "exp": time.time() + self.expires_in}
