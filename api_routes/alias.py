"""``/v1/…``, as the published documents write it in headings, leads to ``/api/v1/…``."""

from typing import Final
from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

ALIAS: Final = "/v1"

IN_PATHS: Final = "/!$&'()*+,;=:@"
"""Stand for themselves in a path (RFC 3986); servers hand paths over decoded."""


class ToApi:
    """Sends a request on to the real address, whatever its method, with its query."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 308: the client repeats method, headers and body there.

        What comes after our own prefix cannot name another host.
        """
        query = scope["query_string"].decode("latin-1")
        address = f"/api{quote(scope['path'], IN_PATHS)}" + (f"?{query}" if query else "")
        await RedirectResponse(address, 308)(scope, receive, send)


def alias_routes() -> list[Route]:
    """The routes, for every method."""
    return [Route(ALIAS, ToApi()), Route(f"{ALIAS}/{{rest:path}}", ToApi())]
