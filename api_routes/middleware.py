"""What every request of the API passes, in this order, before a route is looked for:

request id → size of the body → key → ban → place → rate

Beside the public API, what a cookie vouches for passes `same_site` instead of the key.

It is plain ASGI, for it runs on every request: a dependency of the framework costs
several times as much. It stands before the framework's own layers, and plain reads never
enter them (`quick_routes`). Whatever a route lets through ends here, so no stack trace
ever reaches a client.
"""

import random
import re
import time
from typing import Any, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_routes import errors, metrics, quick_routes
from api_routes.body_limits import (
    BodyRefused,
    bytes_max_at,
    declared_length,
    limited,
    too_large,
)
from api_routes.context import WebContext
from api_routes.credentials import ensure_not_banned, token_of
from api_routes.doors import Doors
from api_routes.paths import API_PREFIX, OPEN_PATHS
from api_routes.same_site import GUARDED_FOLDER, ensure_same_site
from api_routes.verdicts import Verdict
from jiema_app.domain.api_keys.service import Principal
from jiema_app.domain.errors import (
    AuthInvalid,
    AuthMissing,
    BadRequest,
    DomainError,
    RateLimited,
)
from jiema_app.domain.transaction import DATABASE_TROUBLES
from jiema_app.serving.cookies import plain_cookies
from jiema_app.serving.heads import is_too_long

log = structlog.get_logger()

READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9_-]{8,64}")
SLOW_S: Final = 30.0
"""Longer than the longest long-poll: worth a line in the log."""

SELF_EXPLAINING: Final = frozenset({"/readyz"})
"""Their 503 is an answer, asked for again and again while a process starts."""

SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
NOT_KEPT: Final = (b"cache-control", b"private, no-store")
"""On what says nothing of it: some stores keep such answers, and a store that does not know
``X-API-Key`` would give one user's to another."""

OWN_POLICY: Final = "own_policy"
"""Set in a request's state by the one answer that needs another policy than the last one."""


request_ids: Final = random.Random()  # noqa: S311 - names a request, guards nothing


class RequestMiddleware:
    """The outermost layer of the API."""

    def __init__(self, app: ASGIApp, quick: quick_routes.QuickRoutes, doors: Doors) -> None:
        self._app = app
        self._quick = quick
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        head = _Head(send, request_id, state)
        if scope["method"] == "HEAD":
            # Routes know GET alone; HEAD is the same without the body.
            scope["method"], head.is_bodiless = "GET", True
            state["is_head"] = True
        try:
            await self._pass(scope, state, receive, head)
        except ClientDisconnect:
            # It has gone away, or its chunks cannot be told apart and it still listens.
            head.close()
            error = BodyRefused("The body could not be read to its end.")
            await self._answer(errors.render_domain_error, error, scope, receive, head)
        except DomainError as error:
            await self._answer(errors.render_domain_error, error, scope, receive, head)
        except HTTPException as error:
            await self._answer(errors.render_http_error, error, scope, receive, head)
        except DATABASE_TROUBLES as error:
            await self._answer(errors.render_database_trouble, error, scope, receive, head)
        except Exception as error:  # noqa: BLE001 - the edge of the process
            await self._answer(errors.render_bug, error, scope, receive, head)
        finally:
            _account(scope, head, time.perf_counter() - started)

    async def _pass(
        self, scope: Scope, state: dict[str, Any], receive: Receive, head: "_Head"
    ) -> None:
        if is_too_long(scope):
            head.close()
            raise BadRequest("The address or the headers of this request are too long.")
        scope["headers"] = plain_cookies(scope["headers"])
        context: WebContext = scope["app"].state.context
        limits = context.services.settings.limits
        path = scope["path"]
        bytes_max = bytes_max_at(path, limits.body_bytes)
        if declared_length(scope) > bytes_max:
            head.close()
            raise too_large(bytes_max)
        if path.startswith(API_PREFIX) and path not in OPEN_PATHS:
            state["principal"] = await self._admit(scope, context, head)
        elif path.startswith(GUARDED_FOLDER) and scope["method"] not in READS:
            ensure_same_site(scope, (context.services.settings.origin,))
        if scope["method"] not in READS:
            receive = limited(
                receive,
                bytes_max=bytes_max,
                seconds=limits.body_timeout_s,
                on_refusal=head.close,
            )
        found = self._quick.find(scope)
        if found is None:
            await self._app(scope, receive, head.send)
        else:
            response = await quick_routes.answer(found, Request(scope, receive))
            await response(scope, receive, head.send)

    async def _admit(self, scope: Scope, context: WebContext, head: "_Head") -> Principal:
        """Who asks, and that they may."""
        principal = await self._recognise(scope, context, head)
        ensure_not_banned(principal)
        is_read = scope["method"] in READS
        if not is_read:
            context.geo.admit(self._doors.action_of(scope), context.addresses.of(scope))
        count = context.limits.count_read if is_read else context.limits.count_write
        _let_through(await count(context.limits.counted_as(principal)), head)
        return principal

    async def _recognise(self, scope: Scope, context: WebContext, head: "_Head") -> Principal:
        token = token_of(scope)
        if token is not None:
            # A key in use never suffers from other people's guesses at the same address,
            # and asks no limiter about them.
            principal = context.credentials.recall(token)
            if principal is not None:
                return principal
        address = context.addresses.of(scope)
        if token is not None and not await context.limits.is_shut_out(address):
            principal = await context.credentials.find_principal(token)
            if principal is not None:
                return principal
        _let_through(await context.limits.count_anonymous(address), head)
        raise AuthMissing if token is None else AuthInvalid

    async def _answer(
        self, render: Any, error: Exception, scope: Scope, receive: Receive, head: "_Head"
    ) -> None:
        if head.status:
            # Too late to say anything: let the server cut the connection.
            raise error
        response = await render(Request(scope, receive), error)
        await response(scope, receive, head.send)


class _Head:
    """Adds what every answer carries to its start, and remembers its status."""

    __slots__ = ("_headers", "_send", "_state", "is_bodiless", "status", "verdict")

    def __init__(self, send: Send, request_id: str, state: dict[str, Any]) -> None:
        self._send = send
        self._state = state
        self._headers = [(b"x-request-id", request_id.encode()), *SECURITY_HEADERS]
        self.status = 0
        self.verdict: Verdict | None = None
        self.is_bodiless = False

    def close(self) -> None:
        """Have the connection end with this answer: unread bytes are still under way."""
        self._headers.append((b"connection", b"close"))

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message["headers"], *self._headers]
            if all(name != NOT_KEPT[0] for name, _ in message["headers"]):
                headers.append(NOT_KEPT)
            if OWN_POLICY in self._state:
                headers.remove(SECURITY_HEADERS[-1])
            if self.verdict is not None:
                headers += self.verdict.headers()
            message = {**message, "headers": headers}
        elif self.is_bodiless and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


def _let_through(verdict: Verdict, head: _Head) -> None:
    head.verdict = verdict
    if not verdict.allowed:
        raise RateLimited(
            f"Too many requests. The limit is {verdict.limit} in 60 seconds.",
            retry_after_s=verdict.reset_s,
        )


def _request_id(scope: Scope) -> str:
    """The client's own id of this request when it looks like one, else a fresh one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return f"{request_ids.getrandbits(80):020x}"


def _account(scope: Scope, head: _Head, seconds: float) -> None:
    route = scope.get("route")
    template = getattr(route, "path", "unmatched")
    metrics.note_request(scope["method"], template, head.status, seconds)
    is_news = errors.is_ours(head.status) and template not in SELF_EXPLAINING
    if is_news or seconds > SLOW_S:
        log.warning(
            "request",
            method=scope["method"],
            route=template,
            status=head.status,
            seconds=round(seconds, 3),
            request_id=scope["state"]["request_id"],
        )
