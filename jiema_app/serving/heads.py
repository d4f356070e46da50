"""Bounds on the head of a request: its address and its headers.

The server before us takes up to 64 KB. What reads headers behind us is fast for what
browsers send, and nobody needs to find out for what else.
"""

from http import HTTPStatus
from typing import Final

from starlette.types import Scope, Send

from jiema_app.serving.cookies import plain_cookies
from jiema_app.serving.security_headers import COMMON

ADDRESS_MAX: Final = 8 * 1024
"""Bytes of path and query."""
HEADER_MAX: Final = 8 * 1024
"""Bytes of one header, and of all cookies together."""
HEAD_MAX: Final = 24 * 1024
"""Bytes of all headers."""

REFUSAL: Final = b"The address or the headers of this request are too long.\n"


def is_too_long(scope: Scope) -> bool:
    """Whether the head of a request is longer than any that a browser of a visitor sends."""
    raw_path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    if len(raw_path) + len(scope.get("query_string", b"")) > ADDRESS_MAX:
        return True
    total = cookies = 0
    for name, value in scope["headers"]:
        size = len(name) + len(value)
        if size > HEADER_MAX:
            return True
        total += size
        if name == b"cookie":
            cookies += size
    return total > HEAD_MAX or cookies > HEADER_MAX


def with_plain_cookies(scope: Scope) -> Scope:
    """The same request, with no cookie in it that only a slow reader could read."""
    return {**scope, "headers": plain_cookies(scope["headers"])}


async def refuse_head(send: Send) -> None:
    """Answer a request whose head is too long, and take no other from its connection."""
    headers = (
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(REFUSAL)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        *COMMON,
    )
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": REFUSAL})
