"""What the parts of version 1 have in common."""

import json
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from api_routes.paths import API_PREFIX
from jiema_app.domain.errors import BadRequest

NAME_SHOWN_MAX: Final = 64


class StrictRoute(APIRoute):
    """A route that refuses query parameters which it does not know.

    A mistyped one would be missed in silence, and some are about money.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See `APIRoute`."""
        handle = super().get_route_handler()
        known = [param.alias for param in self.dependant.query_params]

        async def strictly(request: Request) -> Response:
            if request.scope["query_string"]:
                _refuse_unknown(request, known)
            return await handle(request)

        return strictly


def _refuse_unknown(request: Request, known: list[str]) -> None:
    for name in request.query_params:
        if name not in known:
            shown = json.dumps(name[:NAME_SHOWN_MAX])
            offered = f"It takes only {', '.join(known)}." if known else "It takes none."
            raise BadRequest(f"Unknown query parameter {shown}. {offered}")


def new_router() -> APIRouter:
    """A router below the prefix, whose functions name the operations of the OpenAPI document."""
    return APIRouter(
        prefix=API_PREFIX,
        generate_unique_id_function=lambda route: route.name,
        route_class=StrictRoute,
    )
