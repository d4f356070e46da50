"""The two dialects' words for a refusal: hero (status + JSON) and legacy (200 + text)."""

from datetime import UTC, datetime
from typing import NamedTuple

import orjson

from sandbox.supplier.refusals import RefusedError


class Reply(NamedTuple):
    """One HTTP answer of handler_api.php."""

    status: int
    body: bytes
    retry_after_s: int | None = None


def text(body: str) -> Reply:
    """Return a 200 text token."""
    return Reply(200, body.encode())


def json(payload: object) -> Reply:
    """Return 200 JSON (which is served as text/html all the same)."""
    return Reply(200, orjson.dumps(payload))


PURCHASES = frozenset({"getNumber", "getNumberV2"})
KEYLESS = frozenset({"getCountries", "getServicesList", "getOperators"})
"""Catalogue actions: hero answers them without a key."""

_HERO: dict[str, tuple[int, str]] = {
    "WRONG_MAX_PRICE": (400, "The maximum price is less than the permitted price"),
    "BAD_STATUS": (400, "Wrong status code"),
    "BAD_KEY": (401, "Unauthorized"),
    "NO_BALANCE": (402, "Payment Required"),
    "BANNED": (403, "Account has been temporarily banned"),
    "CHANNELS_LIMIT": (403, "Channels limit reached"),
    "NOT_FOUND": (404, "Activation Not Found"),
    "BAD_ACTION": (404, "Method Not Found"),
    "NO_NUMBERS": (404, "No numbers available"),
    "EARLY_CANCEL_DENIED": (409, "It is not possible to cancel yet"),
    "OTP_RECEIVED": (409, "Cannot terminate, OTP received"),
    "NEW_OTP_RECEIVED": (409, "New OTP received, please confirm termination"),
    "ACTIVATION_NOT_ACTIVE": (409, "Activation is terminated or refunded"),
    "UNPROCESSABLE_ENTITY": (422, "Validation failed"),
    "RATE_LIMIT": (429, ""),
    "SERVER_ERROR": (500, "Server Gone"),
}
_LEGACY: dict[str, str] = {
    "NOT_FOUND": "NO_ACTIVATION",
    "OTP_RECEIVED": "BAD_STATUS",
    "NEW_OTP_RECEIVED": "BAD_STATUS",
    "ACTIVATION_NOT_ACTIVE": "BAD_STATUS",
    "SERVER_ERROR": "ERROR_SQL",
}
_LEGACY_FIELDS = {
    "service": "BAD_SERVICE",
    "country": "BAD_COUNTRY",
    "id": "WRONG_ACTIVATION_ID",
    "status": "BAD_STATUS",
    "phoneException": "WRONG_EXCEPTION_PHONE",
}


def render(dialect: str, refusal: RefusedError, action: str) -> Reply:
    """Put a refusal into a dialect's words."""
    retry_after = 1 if refusal.code == "RATE_LIMIT" else None
    if dialect == "legacy":
        status = 429 if refusal.code == "RATE_LIMIT" else 200
        return Reply(status, _legacy_text(refusal).encode(), retry_after)
    info = refusal.info or {}
    if refusal.code == "NO_NUMBERS" and action in PURCHASES:
        return text("NO_NUMBERS")
    if refusal.code == "OPERATORS_NOT_FOUND":
        return text(refusal.code)
    if refusal.code == "BAD_KEY" and action in KEYLESS:
        return text("BAD_KEY")
    if refusal.code == "UNPROCESSABLE_ENTITY" and action == "getNumber":
        field, problem = info["field"], info["code"]
        if field != "api_key":
            return text(f"UNPROCESSABLE_ENTITY:{field}:{problem}")
    status, details = _HERO[refusal.code]
    envelope: dict[str, object] = {"title": refusal.code, "details": details}
    if info:
        envelope["info"] = info
    return Reply(status, orjson.dumps(envelope), retry_after)


def _legacy_text(refusal: RefusedError) -> str:
    code, info = refusal.code, refusal.info or {}
    if code == "UNPROCESSABLE_ENTITY":
        if info.get("field") == "api_key":
            return "NO_KEY"
        return _LEGACY_FIELDS.get(info.get("field", ""), "BAD_ACTION")
    if code == "WRONG_MAX_PRICE":
        return f"WRONG_MAX_PRICE:{info['min']}"
    if code == "BANNED":
        moment = datetime.fromtimestamp(info["banned_until"], UTC)
        return f"BANNED:'{moment:%Y-%m-%d %H-%M-%S}'"
    return _LEGACY.get(code, code)
