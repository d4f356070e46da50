"""Errors as answers: the body, the status and the headers that belong to them.

Code and status are those of the error's class; docs/errors.md lists them.
"""

from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api_routes.envelope import JSON, error_body
from api_routes.expectations import describe
from jiema_app.domain import errors
from jiema_app.domain.transaction import DATABASE_TROUBLES, name_of
from jiema_app.observability.errors import report_bug

log = structlog.get_logger()

INTERNAL_MESSAGE: Final = "Something went wrong on our side, and it's been reported. Try again."
BUSY_MESSAGE: Final = (
    "We're restarting. Try again, and repeat an order with the same Idempotency-Key. If it was "
    "placed, it's among your orders."
)

CODE_BY_STATUS: Final = {404: "NOT_FOUND", 401: "AUTH_INVALID", 403: "FORBIDDEN"}


def is_ours(status: int) -> bool:
    """Whether a status blames us, not the caller."""
    return status >= 500  # noqa: PLR2004 - the class of server errors


def headers_of(error: errors.DomainError) -> dict[str, str]:
    """The headers that belong to a domain error."""
    if isinstance(error, errors.RateLimited):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, errors.Unauthenticated):
        return {"WWW-Authenticate": 'Bearer realm="jiema"'}
    return {}


def methods_at(request: Request) -> list[str]:
    """The methods that routes of the API offer at a request's address."""
    methods: set[str] = set()
    for route in request.app.router.routes:
        # Of pages and mounts, which have no methods, the API knows nothing.
        if getattr(route, "methods", None) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))


def request_id_of(request: Request) -> str:
    """The id that the middleware gave this request."""
    return str(getattr(request.state, "request_id", ""))


def _place_of(request: Request) -> str:
    """For the log: the route, for what it is filled with may be a secret."""
    return str(getattr(request.scope.get("route"), "path", request.url.path))


def _answer(
    request: Request, status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> Response:
    body = error_body(code, message, request_id_of(request))
    return Response(body, status_code=status, media_type=JSON, headers=headers)


async def render_domain_error(request: Request, error: Exception) -> Response:
    """A refusal or turbulence, told to the caller as it is."""
    assert isinstance(error, errors.DomainError)
    if isinstance(error, errors.Turbulence):
        log.warning("turbulence", error=error.code, path=_place_of(request))
    return _answer(request, error.status, error.code, error.message, headers_of(error))


async def render_validation_error(request: Request, error: Exception) -> Response:
    """A malformed query or body."""
    assert isinstance(error, RequestValidationError)
    return _answer(request, 400, "BAD_REQUEST", describe(error.errors()))


async def render_http_error(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself: unknown routes and wrong methods."""
    assert isinstance(error, HTTPException)
    status, headers = error.status_code, dict(error.headers or {})
    if status in {404, 405}:
        # The framework names the methods of one route only, where several share an address.
        allowed = methods_at(request)
        if allowed and request.method not in allowed:
            status, headers = 405, {"Allow": ", ".join(allowed)}
    messages = {
        404: "Not found. The documentation is at /api/v1/openapi.json.",
        405: f"{request.method} isn't allowed here, only {headers.get('Allow')}.",
    }
    code = CODE_BY_STATUS.get(status, "INTERNAL" if is_ours(status) else "BAD_REQUEST")
    message = messages.get(status, str(error.detail))
    return _answer(request, status, code, message, headers)


async def render_database_trouble(request: Request, error: Exception) -> Response:
    """The database is restarting or overloaded: a failure, but not a bug."""
    log.warning("database trouble", error=name_of(error), path=_place_of(request))
    return _answer(request, 500, "INTERNAL", BUSY_MESSAGE, {"Retry-After": "1"})


async def render_bug(request: Request, error: Exception) -> Response:
    """Everything else. The caller learns nothing about our insides."""
    log.error("unhandled", path=_place_of(request), exc_info=error)
    report_bug(error)
    return _answer(request, 500, "INTERNAL", INTERNAL_MESSAGE)


async def leave_to_gate(_request: Request, error: Exception) -> Response:
    """Let an error through to the middleware: the framework would answer in its own words."""
    raise error


def install(app: FastAPI) -> None:
    """Register every handler."""
    app.add_exception_handler(errors.DomainError, render_domain_error)
    app.add_exception_handler(RequestValidationError, render_validation_error)
    app.add_exception_handler(HTTPException, render_http_error)
    app.add_exception_handler(Exception, leave_to_gate)
    for trouble in DATABASE_TROUBLES:
        app.add_exception_handler(trouble, render_database_trouble)
