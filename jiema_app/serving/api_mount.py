"""How FastAPI sits on Reflex's backend.

``rx.App(api_transformer=api)`` puts FastAPI in front and mounts Reflex at its root.
Two things are missing then: an address under ``/api`` that FastAPI does not know would
be answered by Reflex, and nobody runs FastAPI's lifespan.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from jiema_app.serving.paths import belongs_to_api

api_lifespan_state: dict[str, Any] = {}
"""What FastAPI's lifespan yielded: the ``state`` of each of its requests."""


def keep_to_exact_addresses(*applications: ASGIApp | None) -> None:
    """Have applications of Starlette redirect nobody who leaves out a slash, or adds one.

    They would send them to whichever host the request names, and by plain http.
    """
    for application in applications:
        if isinstance(application, Starlette):
            application.router.redirect_slashes = False


def refuse_unknown_api_paths(api: FastAPI) -> Callable[[ASGIApp], ASGIApp]:
    """Wrap Reflex's backend so that FastAPI answers for all of its own addresses.

    The exception travels up into FastAPI, whose handlers give it the API's envelope.
    """

    def wrap(reflex: ASGIApp) -> ASGIApp:
        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and belongs_to_api(scope["path"]):
                allowed = _methods_at(api, scope)
                if allowed:
                    raise HTTPException(405, headers={"Allow": ", ".join(allowed)})
                raise HTTPException(404)
            await reflex(scope, receive, send)

        return guarded

    return wrap


def _methods_at(api: FastAPI, scope: Scope) -> list[str]:
    """The methods that routes of the API offer at this address."""
    return sorted(
        {
            method
            for route in api.router.routes
            if route.matches(scope)[0] is Match.PARTIAL
            for method in getattr(route, "methods", None) or ()
        }
    )


def run_lifespan_of(
    api: FastAPI,
) -> Callable[[], AbstractAsyncContextManager[None]]:
    """A lifespan task for Reflex that runs FastAPI's lifespan."""

    @asynccontextmanager
    async def api_lifespan() -> AsyncIterator[None]:
        async with api.router.lifespan_context(api) as state:
            api_lifespan_state.clear()
            api_lifespan_state.update(state or {})
            yield

    return api_lifespan
