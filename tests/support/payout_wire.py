"""What goes between the signer and its nodes: remembered, and stopped where a test wants it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx


async def _nothing() -> None:
    return


@dataclass(eq=False)
class Wire(httpx.AsyncBaseTransport):
    """Hands requests on.

    Attributes:
        sent: Body of each broadcast, in order.
        asked: Path of each other request.
        before_sending: Done before a broadcast goes on to the node.
        behind: Who answers; given by ``open_house``.
    """

    sent: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    before_sending: Callable[[], Awaitable[None]] = _nothing
    behind: httpx.AsyncBaseTransport = field(default_factory=httpx.AsyncBaseTransport)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("broadcasttransaction"):
            self.sent.append(request.content)
            await self.before_sending()
        else:
            self.asked.append(path)
        return await self.behind.handle_async_request(request)
