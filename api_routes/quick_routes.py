"""The shortest way to the routes that are asked all the time.

For a request that only reads, most of the time goes to the framework: its layers of
middleware, the matching of addresses, the validation of what was not sent. A GET without
a query, of an address that has at most an id in it, needs none of that: it is looked up
here and the route's function called at once. Everything else (queries, bodies, other
methods, odd ids, unknown addresses) goes the framework's way, to the same functions.
"""

import re
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Final

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Scope

PLAIN_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
"""Ids that no route's own rules refuse."""


@dataclass(frozen=True, slots=True)
class QuickRoute:
    """A route that may be called with defaults alone.

    Attributes:
        route: As the framework knows it.
        id_name: The parameter that takes the last part of the address, if one does.
    """

    route: APIRoute
    call: Callable[..., Coroutine[Any, Any, Response]]
    id_name: str | None


class QuickRoutes:
    """Finds the route of a plain GET."""

    def __init__(self, routes: Iterable[BaseRoute], prefix: str) -> None:
        """Take what is fit for it.

        Args:
            routes: Of the application.
            prefix: Only addresses that begin with this.
        """
        self._fixed: dict[str, QuickRoute] = {}
        self._with_id: dict[str, QuickRoute] = {}
        for route in routes:
            if isinstance(route, APIRoute) and route.path.startswith(prefix) and _is_plain(route):
                self._add(route)

    def find(self, scope: Scope) -> tuple[QuickRoute, dict[str, str]] | None:
        """The route and the arguments of a request, when it is plain."""
        if scope["method"] != "GET" or scope["query_string"]:
            return None
        path = scope["path"]
        found = self._fixed.get(path)
        if found is not None:
            return found, {}
        folder, _, last = path.rpartition("/")
        found = self._with_id.get(folder)
        if found is None or found.id_name is None or PLAIN_ID.fullmatch(last) is None:
            return None
        return found, {found.id_name: last}

    def _add(self, route: APIRoute) -> None:
        if not route.dependant.path_params:
            self._fixed[route.path] = QuickRoute(route, route.endpoint, None)
            return
        folder, _, last = route.path.rpartition("/")
        name = route.dependant.path_params[0].name
        if last == f"{{{name}}}" and "{" not in folder:
            self._with_id[folder] = QuickRoute(route, route.endpoint, name)


def _is_plain(route: APIRoute) -> bool:
    """Whether the request, an id and defaults are all that a route's function needs."""
    needs = route.dependant
    return (
        route.methods == {"GET"}
        and needs.request_param_name == "request"
        and len(needs.path_params) <= 1
        and not any(param.field_info.is_required() for param in needs.query_params)
        and not (
            needs.header_params
            or needs.cookie_params
            or needs.body_params
            or needs.dependencies
            or needs.background_tasks_param_name
            or needs.response_param_name
            or needs.http_connection_param_name
            or needs.security_scopes_param_name
        )
    )


async def answer(found: tuple[QuickRoute, dict[str, str]], request: Request) -> Response:
    """Call a route that was found."""
    quick, arguments = found
    # Where the framework leaves it, for the metrics.
    request.scope["route"] = quick.route
    return await quick.call(request, **arguments)
