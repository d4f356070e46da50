"""Who is behind a WebSocket: the address by the rule of the trusted proxies, once a connection.

Reflex tells its states the address of the peer, which behind a proxy is the proxy.
"""

from collections.abc import Callable
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send


class Addresses(Protocol):
    """Knows whose address a connection comes from."""

    def of(self, scope: Scope) -> str:
        """The client's address."""
        ...


def with_true_address(app: ASGIApp, addresses: Callable[[], Addresses]) -> ASGIApp:
    """The same application, told the client's address as that of its peer.

    Args:
        app: Serves WebSockets.
        addresses: Those of the process, once it has started.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client") or ("", 0)
        await app({**scope, "client": (addresses().of(scope), client[1])}, receive, send)

    return serve
