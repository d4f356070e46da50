"""The documentation of answers: errors with their codes and headers, and what is cacheable."""

from collections.abc import Mapping
from typing import Any, Final

from api_routes.v1.schemas import Problem

Responses = dict[int | str, dict[str, Any]]

STATUS_BY_CODE: Final = {
    "AUTH_MISSING": 401,
    "AUTH_INVALID": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "RATE_LIMITED": 429,
    "INTERNAL": 500,
}
"""Every other code has status 400."""

EVERYWHERE: Final = (
    "BAD_REQUEST",
    "AUTH_MISSING",
    "AUTH_INVALID",
    "FORBIDDEN",
    "RATE_LIMITED",
    "INTERNAL",
)
"""What each call may answer."""

MESSAGES: Final[Mapping[str, str]] = {
    "BAD_REQUEST": "country: must be a number or a slug.",
    "BAD_SERVICE": "Unknown service 'telegrm'. See GET /api/v1/services.",
    "BAD_COUNTRY": "Unknown country 'mys'. See GET /api/v1/countries.",
    "INSUFFICIENT": "Your balance doesn't cover this order. Top up and try again.",
    "NO_NUMBERS": "No numbers are available for this service and country.",
    "NOT_OPEN": "This order has the status CANCELLED, so it can't be cancelled.",
    "CODE_RECEIVED": "A code has arrived, so this order can't be refunded.",
    "ALREADY_CHANGED": "The order has just changed. Fetch it again before you retry.",
    "IDEMPOTENCY_CONFLICT": "This Idempotency-Key was already used for a different order.",
    "UPSTREAM_ERROR": "The number provider isn't responding. You won't be charged. Try again.",
    "AUTH_MISSING": "Send your API key as 'Authorization: Bearer jm_…' or 'X-API-Key: jm_…'.",
    "AUTH_INVALID": "This API key is unknown or revoked.",
    "FORBIDDEN": "This account is blocked. Contact support.",
    "NOT_FOUND": "Order not found.",
    "RATE_LIMITED": "Too many requests. The limit is 10 in 60 seconds.",
    "INTERNAL": "Something went wrong on our side, and it's been reported. Try again.",
}


def header(description: str, **schema: Any) -> dict[str, Any]:
    """A header's documentation; a string unless the schema says otherwise."""
    return {"description": description, "schema": {"type": "string", **schema}}


ETAG: Final = header("Identifies this version. Send it back as `If-None-Match`.")
RETRY_AFTER: Final = header(
    "How many whole seconds to wait before you retry.", type="integer", minimum=1
)
AUTHENTICATE: Final = header("How to send an API key.")

ERROR_HEADERS: Final[Mapping[int, dict[str, Any]]] = {
    401: {"WWW-Authenticate": AUTHENTICATE},
    429: {"Retry-After": RETRY_AFTER},
    500: {"Retry-After": RETRY_AFTER},
}


def cacheable(**further: Any) -> Responses:
    """The documentation of an answer that has an entity tag, and of "you have it already"."""
    headers = {
        "ETag": ETAG,
        "Cache-Control": header("How long the response may be cached."),
        **further,
    }
    return {
        200: {"headers": headers},
        304: {
            "description": "Not modified: `If-None-Match` still names the current version. "
            "No body.",
            "headers": headers,
        },
    }


def problems(*codes: str) -> Responses:
    """The documentation of errors: the codes given, and those every call may answer."""
    by_status: dict[int, list[str]] = {}
    for code in (*EVERYWHERE, *codes):
        by_status.setdefault(STATUS_BY_CODE.get(code, 400), []).append(code)
    return {
        status: {
            "model": Problem,
            "description": ", ".join(f"`{code}`" for code in found),
            "headers": ERROR_HEADERS.get(status, {}),
            "content": {"application/json": {"examples": {code: _example(code) for code in found}}},
        }
        for status, found in sorted(by_status.items())
    }


def _example(code: str) -> dict[str, Any]:
    return {
        "value": {
            "ok": False,
            "code": code,
            "message": MESSAGES[code],
            "requestId": "2bX9kQ4sVw1LpZ7a",
        }
    }
