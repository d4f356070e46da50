"""What the shop's forms have in common: they work without scripts, and answer scripts in JSON."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import orjson
import structlog
from fastapi import Request
from starlette.responses import RedirectResponse, Response

from api_routes import errors
from api_routes.context import WebContext
from api_routes.doors import action_at
from api_routes.envelope import JSON, error_body
from jiema_app.domain.errors import DomainError, Forbidden, Turbulence, Unauthenticated
from jiema_app.domain.units import UserId
from jiema_app.i18n.error_messages import explain

log = structlog.get_logger()

NO_STORE: Final = {"Cache-Control": "no-store"}


async def read_fields(request: Request) -> Mapping[str, str]:
    """The fields of a form or of a JSON object, not yet believed. What is missing is not there."""
    body = await request.body()
    return _json_fields(body) if _is_json(request) else _form_fields(body)


def wants_json(request: Request) -> bool:
    """Whether a script asks, and not the browser itself."""
    return JSON in request.headers.get("accept", "")


def known_locale(wish: str, locales: tuple[str, ...]) -> str:
    """The language of the page that a form stands on; one of ours, whatever was sent."""
    if wish in locales:
        return wish
    return "en" if "en" in locales else locales[0]


def refusal_answer(
    request: Request, path: str, error: DomainError, details: Mapping[str, Any]
) -> Response:
    """An error for a script, with what its page shall do about it.

    Args:
        request: What was asked.
        path: The address of the form, for the log.
        error: Why it is refused.
        details: ``notice`` to show, or ``location`` to go to.
    """
    if isinstance(error, Turbulence):
        log.warning("turbulence", error=error.code, path=path)
    headers = {} if isinstance(error, Unauthenticated) else errors.headers_of(error)
    body = error_body(error.code, error.message, errors.request_id_of(request), details=details)
    return Response(body, error.status, headers | NO_STORE, JSON)


async def admit_change(request: Request, context: WebContext, user: UserId) -> None:
    """Let what a form changes begin.

    Raises:
        DomainError: It comes from where this is not allowed.
        RateLimited: The user changes too much in a minute.
    """
    try:
        context.geo.admit(action_at(request.scope), context.addresses.of(request.scope))
    except Forbidden:
        await context.services.sign_in.note_refused(user)
        raise
    await context.limits.admit_write(user)


def sent_on(location: str) -> Response:
    """To another page, for the browser itself."""
    return RedirectResponse(location, 303, NO_STORE)


def led_to(request: Request, path: str, location: str, error: DomainError, locale: str) -> Response:
    """To the page on which is done what stands in the way, for a script and for the browser.

    Args:
        request: What was asked.
        path: The address of the form, for the log.
        location: Address of that page.
        error: What stands in the way.
        locale: Of the page that the form stands on.
    """
    if not wants_json(request):
        return sent_on(location)
    details = {"location": location, "notice": explain(error, locale)}
    return refusal_answer(request, path, error, details)


def led_to_sign_in(
    request: Request, path: str, back: str, error: Unauthenticated, locale: str
) -> Response:
    """To signing in, and from there ``back`` to a page of ours."""
    location = f"/{locale}/login?{urlencode({'next': back})}"
    return led_to(request, path, location, error, locale)


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == JSON


def _form_fields(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError:  # too many fields, or not UTF-8
        return {}


def _json_fields(body: bytes) -> dict[str, str]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        name: str(value)
        for name, value in found.items()
        if isinstance(value, str) or type(value) is int
    }
