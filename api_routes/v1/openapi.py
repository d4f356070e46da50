"""The OpenAPI document: what the framework derives, and what only we know."""

from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api_routes.v1.responses import header
from api_routes.v1.schemas import OrderIn
from jiema_app.domain.figures.ranking import SAMPLE_MIN
from jiema_app.domain.figures.rollup import WINDOW
from jiema_app.i18n.api_texts import error_meanings, status_meanings
from jiema_app.i18n.formats import duration
from jiema_app.settings import LimitSettings, OrderSettings

DESCRIPTION: Final = """\
Rent a temporary phone number and receive SMS codes on it. If no code arrives, you get a full
refund.

**Errors** are flat: `{{"ok": false, "code", "message", "requestId"}}`. Base your logic on
`code`: codes never change. Rejected orders have status 400. Unknown addresses return 404 and wrong
methods 405 (with `Allow`) in the same form.

**Limits** are sliding windows of 60 seconds, counted {scope}: {writes} writes
(create, cancel, next-sms) and {reads} reads. Every response includes `RateLimit-Limit`,
`RateLimit-Remaining` and `RateLimit-Reset`. A 429 response includes `Retry-After`.

**Query parameters** that are unknown are rejected with `BAD_REQUEST`. Addresses under `/v1`
redirect to those under `/api/v1` with status 308.

**Statuses**: {statuses}

**Codes**:

{errors}
"""

SCOPES: Final = {"user": "per user across all keys", "key": "for each key"}

COMMON_HEADERS: Final = {
    "X-Request-Id": header("Identifies this request. Include it when you contact support."),
    "Cache-Control": header("Responses are private: no cache on the way may store them."),
    **{
        name: header(description, type="integer", minimum=0)
        for name, description in {
            "RateLimit-Limit": "Requests allowed in 60 seconds.",
            "RateLimit-Remaining": "Requests left right now.",
            "RateLimit-Reset": "Seconds until more requests are allowed.",
        }.items()
    },
}

IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of an earlier response. Returns 304 while nothing has changed.",
    "schema": {"type": "string"},
}

UNREACHABLE_STATUS: Final = "422"
"""The framework documents it by default; malformed requests are 400 here."""


def build_document(
    app: FastAPI,
    origin: str,
    limits: LimitSettings | None = None,
    orders: OrderSettings | None = None,
) -> bytes:
    """The document as it is served.

    Args:
        app: The application with its routes.
        origin: Where the API lives.
        limits: Those of the deployment; the usual ones when left out.
        orders: Likewise its rules of orders.
    """
    limits, orders = limits or LimitSettings(), orders or OrderSettings()
    document = get_openapi(
        title="jiema API",
        version="1.0.0",
        summary="Temporary phone numbers for SMS codes",
        description=DESCRIPTION.format(
            scope=SCOPES[limits.scope],
            writes=limits.writes_per_minute,
            reads=limits.reads_per_minute,
            statuses=" ".join(f"`{each.status}`: {each.meaning}" for each in status_meanings("en")),
            errors="\n".join(
                f"* `{each.code}` ({each.status}): {each.meaning}" for each in error_meanings("en")
            ),
        ),
        routes=app.routes,
        servers=[{"url": origin}],
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["OrderIn"] = OrderIn.model_json_schema(ref_template="#/components/schemas/{model}")
    for leftover in ("HTTPValidationError", "ValidationError"):
        schemas.pop(leftover, None)
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "`jm_` and 43 characters."},
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    components["headers"] = COMMON_HEADERS
    document["security"] = [{"bearer": []}, {"apiKey": []}]
    for operations in document["paths"].values():
        for operation in operations.values():
            _finish(operation)
    return _with_figures(orjson.dumps(document), orders)


def _with_figures(document: bytes, orders: OrderSettings) -> bytes:
    """Descriptions name what operations and the counting decide, as pages do."""
    for name, value in {
        "{kept}": duration("en", orders.retention_s),
        "{remembered}": duration("en", orders.idempotency_retention_s),
        "{figures_time}": duration("en", int(WINDOW.total_seconds())),
        "{figures_min}": str(SAMPLE_MIN),
    }.items():
        document = document.replace(name.encode(), value.encode())
    return document


def _finish(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop(UNREACHABLE_STATUS, None)
    if "304" in responses:
        # Read from the request itself: declared, it would cost each call its validation.
        operation.setdefault("parameters", []).append(IF_NONE_MATCH)
    common = {name: {"$ref": f"#/components/headers/{name}"} for name in COMMON_HEADERS}
    for status, response in responses.items():
        # Who may not be served is told so before anything is counted.
        always = {name: common[name] for name in ("X-Request-Id", "Cache-Control")}
        known = always if status == "403" else common
        response["headers"] = {**known, **response.get("headers", {})}
