"""Bounds on what a client may send, and on how slowly."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from starlette.types import Message, Receive, Scope

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.outside_numbers import whole_number

LARGER: Final[Mapping[str, int]] = {
    # A message of 4,096 characters that answers another one, each escaped as twelve of ASCII.
    "/webhooks/telegram": 512 * 1024,
}
"""Addresses whose bodies may be longer than others', in bytes. Who may send them is looked at
before they are read."""

LENGTH_MAX: Final = 10**18 - 1
"""The largest length that is read at all."""


class BodyRefused(BadRequest):
    """The body is too large, too slow or of unknown length; its rest was not read."""


def too_large(bytes_max: int) -> BodyRefused:
    """The refusal of a body that is over the limit."""
    return BodyRefused(f"The body is larger than {bytes_max} bytes.")


def bytes_max_at(path: str, usual: int) -> int:
    """The most bytes of a body that is sent to an address."""
    return max(usual, LARGER.get(path, 0))


def declared_length(scope: Scope) -> int:
    """What ``Content-Length`` announces; 0 without one.

    Raises:
        BodyRefused: It is not a number.
    """
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = whole_number(value, at_most=LENGTH_MAX)
            if length is None:
                raise BodyRefused("Content-Length is not a sensible number.")
            return length
    return 0


def limited(
    receive: Receive, *, bytes_max: int, seconds: float, on_refusal: Callable[[], None]
) -> Receive:
    """A ``receive`` that refuses a body that is too large or too slow.

    Args:
        receive: Where the body comes from.
        bytes_max: More than this is refused.
        seconds: For the whole body.
        on_refusal: Called before the refusal: the connection is of no further use.

    Raises (when awaited):
        BodyRefused: It is.
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
            on_refusal()
            raise BodyRefused(f"The body was not complete within {seconds:g} seconds.") from None
        received += len(message.get("body", b""))
        complete = not message.get("more_body", False)
        if received > bytes_max:
            on_refusal()
            raise too_large(bytes_max)
        return message

    return guarded
