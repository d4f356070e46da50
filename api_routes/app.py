"""The FastAPI application: the public API, webhooks, health, crawlers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.responses import PlainTextResponse, Response

from api_routes import errors, health, v1, webhooks
from api_routes.context import running_context
from api_routes.gate import Gate
from api_routes.v1.openapi import build_document
from jiema_app.observability.errors import configure_error_reports
from jiema_app.observability.logs import configure_logs
from jiema_app.settings import Settings, get_settings


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

    app = FastAPI(
        title="jiema API",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    errors.install(app)
    app.include_router(v1.router)
    app.include_router(webhooks.router)
    app.include_router(health.router)
    document: dict[str, Any] = {}

    @app.get("/api/v1/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        """The description of the API, for people's tools. Needs no key."""
        if not document:
            document["body"] = build_document(app, chosen.origin)
        return Response(document["body"], media_type="application/json")

    @app.get("/robots.txt", include_in_schema=False)
    async def robots() -> Response:
        """Crawlers may read the shop, not the API."""
        return PlainTextResponse("User-agent: *\nDisallow: /api/\nDisallow: /admin\nAllow: /\n")

    app.add_middleware(Gate)
    return app
