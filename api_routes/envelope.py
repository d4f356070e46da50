"""The one shape of every answer: ``{"ok": true, "data": …}`` or a flat error."""

from typing import Any, Final

import orjson
from starlette.responses import Response

JSON: Final = "application/json"


def ok(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A successful answer."""
    body = orjson.dumps({"ok": True, "data": data})
    return Response(body, status_code=status, media_type=JSON, headers=headers)


def error_body(code: str, message: str, request_id: str, **details: Any) -> bytes:
    """An error's body. ``code`` is stable; ``message`` is for people."""
    return orjson.dumps(
        {"ok": False, "code": code, "message": message, "requestId": request_id, **details}
    )
