"""Whose signed-in browser sends a request."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api_routes.context import context_of
from jiema_app.domain.errors import AuthMissing
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.serving.session_cookie import SessionCookie, session_cookie_of
from jiema_app.settings import Settings


def cookie_of(settings: Settings) -> SessionCookie:
    """How this deployment writes its session cookie."""
    return session_cookie_of(settings.origin, settings.session.days)


def session_token(request: Request) -> str | None:
    """What the browser carries, unchecked."""
    header = "; ".join(request.headers.getlist("cookie"))
    return cookie_of(context_of(request).services.settings).read(header)


BEARER: Final = "bearer "


async def find_visitor(request: Request) -> Visitor | None:
    """Who uses the browser, or None when it is not signed in.

    A page of the Mini App says so by its bearer, and whatever cookie comes with it is nothing to it.
    """
    said = request.headers.get("authorization")
    if said is not None:
        is_bearer = said[: len(BEARER)].lower() == BEARER
        door = context_of(request).services.mini_app
        return await door.identify(said[len(BEARER) :].strip()) if is_bearer else None
    token = session_token(request)
    if token is None:
        return None
    return await context_of(request).services.sessions.identify(token)


async def visitor_of(request: Request) -> Visitor:
    """Who uses the browser.

    Raises:
        AuthMissing: Nobody is signed in there.
    """
    visitor = await find_visitor(request)
    if visitor is None:
        raise AuthMissing("Sign in to continue.")
    return visitor


def sign_browser_in(response: Response, settings: Settings, token: str) -> None:
    """Have the browser keep a session."""
    for value in cookie_of(settings).set(token):
        response.headers.append("set-cookie", value)


def sign_browser_out(response: Response, settings: Settings) -> None:
    """Have the browser forget its session."""
    for value in cookie_of(settings).clear():
        response.headers.append("set-cookie", value)
