"""The pages' WebSockets, brought to Reflex by the shortest way.

On the usual way thirty layers of middleware, of Reflex, of FastAPI before it and of Starlette
around both, pass a WebSocket on without doing anything. Each of them waits for as long as
the page is open: 20 KB a page, and a detour for each message.
"""

import reflex as rx
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from jiema_app.serving.paths import EVENTS


class EndpointMoved(RuntimeError):
    """Reflex has its endpoint elsewhere: another version came in."""


def page_events(app: rx.App) -> ASGIApp:
    """Reflex's own endpoint for WebSockets, once the application is built.

    Raises:
        EndpointMoved: It is not where we know it.
    """
    # Private: Reflex has no public way to its endpoint. Kept to this one line.
    routes = app._api.routes if app._api else []  # noqa: SLF001
    endpoint = next(
        (route.app for route in routes if isinstance(route, Mount) and route.path == EVENTS), None
    )
    if endpoint is None:
        raise EndpointMoved(EVENTS)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        # Not taken back: each connection has a context of its own, which ends with it.
        app.set_contexts()
        await endpoint(scope, receive, send)

    return serve
