"""Is it up, is it ready, and how is it doing."""

import hmac
from typing import Final

import orjson
import structlog
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api_routes.context import context_of
from api_routes.envelope import JSON
from jiema_app.domain.operations.readiness import as_json
from jiema_app.domain.transaction import DATABASE_TROUBLES, name_of

log = structlog.get_logger()

router = APIRouter(include_in_schema=False)

NO_STORE: Final = {"Cache-Control": "no-store"}

WATCHED: Final = b"""\
# HELP jiema_orders_watched Orders whose buyers wait for news in this process
# TYPE jiema_orders_watched gauge
jiema_orders_watched %d
"""


@router.get("/healthz")
async def healthz() -> Response:
    """The process is up."""
    return Response(b'{"ok":true}', media_type=JSON, headers=NO_STORE)


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Everything needed to take an order is there; 503 with the reasons otherwise."""
    report = as_json(await context_of(request).services.lookout.look())
    return Response(
        orjson.dumps(report),
        status_code=200 if report["ok"] else 503,
        media_type=JSON,
        headers=NO_STORE,
    )


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus figures. In production only with the token of ``JIEMA_METRICS_TOKEN``."""
    context = context_of(request)
    settings = context.services.settings
    if settings.metrics_token is not None:
        expected = f"Bearer {settings.metrics_token.get_secret_value()}"
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise HTTPException(404)
    elif settings.env == "production":
        raise HTTPException(404)
    watched = len(context.services.watch)
    body = _figures_of_processes(settings.web_processes) + WATCHED % watched
    try:
        body += await context.services.figures.render()
    except DATABASE_TROUBLES as error:
        # The figures of this process matter most when the database is in trouble.
        log.warning("figures of the database left out", error=name_of(error))
    return Response(body, headers={"Content-Type": CONTENT_TYPE_LATEST, **NO_STORE})


def _figures_of_processes(processes: int) -> bytes:
    """The figures of all web processes of this machine; whichever of them is asked."""
    if processes == 1:
        return generate_latest()
    # Their common folder is set where they are started: see processes/serve.py.
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
