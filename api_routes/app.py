"""The FastAPI application: the public API, webhooks, health."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api_routes import errors, health, v1, webhooks
from api_routes.alias import alias_routes
from api_routes.auth.routes import sign_in_routes
from api_routes.context import running_context
from api_routes.doors import Doors
from api_routes.middleware import RequestMiddleware
from api_routes.paths import API_PREFIX
from api_routes.quick_routes import QuickRoutes
from api_routes.shop import (
    abuse_reports,
    commission,
    language,
    operators,
    order_acts,
    orders,
    recharge_notes,
    recharges,
    statement,
    withdrawals,
)
from api_routes.shop.sandbox_payments import sandbox_router
from api_routes.v1.openapi import build_document
from api_routes.v1.router import new_router
from jiema_app.observability.errors import configure_error_reports
from jiema_app.observability.logs import configure_logs
from jiema_app.settings import Settings, get_settings


class Api(FastAPI):
    """FastAPI behind our middleware, which also stands before the layers that others add."""

    outermost: RequestMiddleware

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        scope["app"] = self
        await self.outermost(scope, receive, send)

    async def serve_framework(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve what the middleware let through, the framework's way."""
        await super().__call__(scope, receive, send)


def create_api(settings: Settings | None = None) -> FastAPI:
    """Build the API. Its lifespan opens what it needs and leaves it in ``app.state.context``.

    Args:
        settings: Those of the environment when left out.
    """
    chosen = settings or get_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        configure_logs(form=chosen.log_format, level=chosen.log_level, process="web")
        configure_error_reports(chosen, "web")
        async with running_context(chosen) as context:
            app.state.context = context
            yield

    app = Api(
        title="jiema API",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    errors.install(app)
    shop = [
        orders.router,
        order_acts.router,
        operators.router,
        recharges.router,
        recharge_notes.router,
        commission.router,
        withdrawals.router,
        statement.router,
        abuse_reports.router,
        language.router,
    ]
    if chosen.is_paid_in_play_money:
        shop.append(sandbox_router)
    for router in (*v1.ROUTERS, *shop, webhooks.router, health.router):
        # include_router() would have every request matched router by router (a third of
        # the framework's time) and name routes without their prefix in the metrics.
        app.router.routes.extend(router.routes)
    app.router.routes.extend((*sign_in_routes(chosen), *alias_routes()))
    document: dict[str, Any] = {}

    description = new_router()

    @description.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        """The description of the API, for people's tools. Needs no key."""
        if not document:
            document["body"] = build_document(app, chosen.origin, chosen.limits, chosen.orders)
        headers = {"Cache-Control": "public, max-age=300"}
        return Response(document["body"], media_type="application/json", headers=headers)

    app.router.routes.extend(description.routes)
    app.outermost = RequestMiddleware(
        app.serve_framework,
        QuickRoutes(app.router.routes, API_PREFIX),
        Doors(app.router.routes, API_PREFIX),
    )
    return app
