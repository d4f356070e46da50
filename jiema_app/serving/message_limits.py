"""A bound on how fast one page may send events.

The events of a page pass no other limit, each may cost a question to the database, and
one that nobody handles costs a page of log.
"""

import time
from collections.abc import Callable
from typing import Final

from starlette.types import Message, Receive, Send

WINDOW_S: Final = 10.0
MESSAGES_MAX: Final = 200
"""Within the window. Somebody who types fast into a search field sends a tenth of it."""

TOO_MANY: Final = 1008
"""The code of a connection that breaks a rule (RFC 6455, 7.4.1)."""


def bounded(receive: Receive, send: Send, now: Callable[[], float] = time.monotonic) -> Receive:
    """A ``receive`` that ends the connection of a page that sends too much.

    Args:
        receive: Where its messages come from.
        send: Where to tell it so.
        now: A clock.
    """
    began, count = now(), 0

    async def counted() -> Message:
        nonlocal began, count
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        if now() - began >= WINDOW_S:
            began, count = now(), 0
        count += 1
        if count <= MESSAGES_MAX:
            return message
        await send({"type": "websocket.close", "code": TOO_MANY})
        return {"type": "websocket.disconnect", "code": TOO_MANY}

    return counted
