"""The few responses that the dispatcher gives by itself, as plain ASGI."""

import asyncio
from http import HTTPStatus
from typing import Final

from starlette.types import Send

from jiema_app.serving.security_headers import COMMON
from jiema_app.serving.static_files import Headers, StaticFile

UNPACKED_AT_ONCE: Final = 32 * 1024
"""Bytes of content. Unpacking the largest page takes a millisecond, of everybody's when the loop
does it, and a request for it takes forty bytes."""


async def send_file(
    send: Send,
    file: StaticFile,
    *,
    status: int = HTTPStatus.OK,
    accept_encoding: str = "",
    if_none_match: str = "",
    query: bytes = b"",
    head_only: bool = False,
) -> None:
    """Send a file, or an empty answer when the client already has it.

    A form that must still be made is made in a thread, and stays with the file.
    """
    own = file.headers_at(query)
    if status == HTTPStatus.OK and is_known(file, if_none_match):
        await _send(send, 304, (*own, (b"etag", file.etag)), b"")
        return
    coding = file.coding_for(accept_encoding)
    if coding != "identity" and file.is_packed(coding):
        await asyncio.to_thread(file.make, coding)
    headers = [*own, (b"content-length", str(file.length_in(coding)).encode())]
    if status == HTTPStatus.OK:
        headers.append((b"etag", file.etag))
    if coding != "identity":
        headers.append((b"content-encoding", coding.encode()))
    if head_only:
        body = b""
    elif file.is_packed(coding) and file.length > UNPACKED_AT_ONCE:
        body = await asyncio.to_thread(file.body_in, coding)
    else:
        body = file.body_in(coding)
    await _send(send, status, tuple(headers), body)


async def send_redirect(
    send: Send, location: str, status: int, *extra: tuple[bytes, bytes]
) -> None:
    """Send the client elsewhere on our own origin."""
    headers = (
        (b"location", location.encode("latin-1")),
        (b"content-length", b"0"),
        (b"cache-control", b"no-cache"),
        *COMMON,
        *extra,
    )
    await _send(send, status, headers, b"")


async def send_method_not_allowed(send: Send) -> None:
    """Refuse to change what can only be read."""
    await _send(send, 405, ((b"allow", b"GET, HEAD"), (b"content-length", b"0"), *COMMON), b"")


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


def is_known(file: StaticFile, if_none_match: str) -> bool:
    """Whether the client has the file as it is, by its ``If-None-Match``.

    Compared weakly: the coding differs, the content does not (RFC 9110, 13.1.2).
    """
    if not if_none_match:
        return False
    given = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return "*" in given or file.etag.decode().removeprefix("W/") in given
