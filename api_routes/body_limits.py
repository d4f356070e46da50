"""Bounds on what a client may send, and on how slowly."""

import asyncio

from starlette.types import Message, Receive, Scope

from jiema_app.domain.errors import BadRequest


class BodyTooLarge(BadRequest):
    """The body is over the limit; nothing was read of it beyond that."""


def declared_length(scope: Scope) -> int:
    """What ``Content-Length`` announces; 0 without one.

    Raises:
        BadRequest: It is not a number.
    """
    for name, value in scope["headers"]:
        if name == b"content-length":
            if not value.isdigit():
                raise BadRequest("Content-Length is not a number.")
            return int(value)
    return 0


def limited(receive: Receive, *, bytes_max: int, seconds: float) -> Receive:
    """A ``receive`` that refuses a body that is too large or too slow.

    Raises (when awaited):
        BodyTooLarge: More than ``bytes_max`` arrived.
        BadRequest: The body was not complete within ``seconds``.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    received = 0
    complete = False

    async def guarded() -> Message:
        nonlocal received, complete
        if complete:
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise BadRequest(f"The body was not complete within {seconds:g} seconds.") from None
        received += len(message.get("body", b""))
        complete = not message.get("more_body", False)
        if received > bytes_max:
            raise BodyTooLarge(f"The body is larger than {bytes_max} bytes.")
        return message

    return guarded
