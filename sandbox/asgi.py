"""The few ASGI types and answers that the hand-written parts share."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


async def answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    """Send one complete response."""
    headers = [*headers, (b"content-length", b"%d" % len(body))]
    if status == httpx.codes.NO_CONTENT:
        headers.pop()
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def drop_connection(send: Send, *, served: bool) -> None:
    """End the exchange without an answer.

    Behind a socket, the body is announced longer than it is and never completed, so
    that the server closes the connection. In process, there is no socket to close:
    the caller's httpx client gets the error that a closed one would have raised.

    Raises:
        httpx.RemoteProtocolError: In process only.
    """
    if not served:
        message = "Server disconnected without sending a response."
        raise httpx.RemoteProtocolError(message)
    headers = [
        (b"content-type", b"text/html; charset=UTF-8"),
        (b"content-length", b"64"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b" ", "more_body": True})


async def read_body(receive: Receive, limit_bytes: int = 1 << 20) -> bytes:
    """Read a request body, at most `limit_bytes` of it."""
    body = bytearray()
    while len(body) < limit_bytes:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body)
