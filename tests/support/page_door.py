"""The door of pages' WebSockets, before an endpoint that writes down what reaches it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jiema_app.serving.crowd import Crowd
from jiema_app.serving.event_arguments import EventRules
from jiema_app.serving.page_socket import PageSocket
from jiema_app.serving.session_cookie import session_cookie_of

TOKEN: Final = "0b9cf8b0-53c6-4b5b-8f0e-6a3c1f1f0a11"
HANDSHAKE: Final[dict[str, Any]] = {
    "type": "websocket",
    "path": "/_event/",
    "query_string": f"EIO=4&transport=websocket&token={TOKEN}".encode(),
    "headers": [],
    "client": ("203.0.113.7", 4711),
}
WHERE: Final = {"pathname": "/en/orders", "asPath": "/en/orders?q=a", "query": {}}


async def _search(self: Any, text: str) -> None: ...
async def _rename(self: Any, form: dict[str, Any]) -> None: ...
async def _cancel(self: Any) -> None: ...


for _handler in (_search, _rename, _cancel):
    _handler.__module__ = "jiema_app.site.states.example"

RULES: Final = EventRules({"page.search": _search, "page.rename": _rename, "page.cancel": _cancel})


def door(
    events: ASGIApp,
    *,
    pages: int = 1000,
    openings: int = 60_000,
    per_minute: int = 60_000,
    join_s: float = 10,
    send_s: float = 10,
    address_of: Callable[[Scope], str] = lambda scope: str(scope.get("client", ("nobody",))[0]),
) -> PageSocket:
    """A door that refuses nobody for being many, unless told to."""
    return PageSocket(
        events,
        rules=RULES,
        crowd=Crowd(pages=pages, openings_per_minute=openings, events_per_minute=per_minute),
        cookie=session_cookie_of("http://localhost"),
        address_of=address_of,
        join_s=join_s,
        send_s=send_s,
    )


@dataclass
class Endpoint:
    """Stands where Reflex does."""

    scopes: list[Scope] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_heard(self, count: int) -> None:
        """Wait for so many frames, of all connections."""
        while len(self.heard) < count:
            self.changed.clear()
            await self.changed.wait()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            self.heard.append(message["text"])
            self.changed.set()


@dataclass
class Stranger:
    """Opens a connection, says what it wants, and goes."""

    frames: list[str | bytes]
    scope: Scope = field(default_factory=lambda: dict(HANDSHAKE))
    goes: bool = True
    told: list[Message] = field(default_factory=list)

    async def visit(self, door: ASGIApp) -> None:
        """Everything from its coming to its going."""
        waiting = iter(self.frames)
        has_connected = False

        async def receive() -> Message:
            nonlocal has_connected
            if not has_connected:
                has_connected = True
                return {"type": "websocket.connect"}
            frame = next(waiting, None)
            if frame is None:
                if not self.goes:
                    await asyncio.Event().wait()
                return {"type": "websocket.disconnect", "code": 1005}
            kind = "text" if isinstance(frame, str) else "bytes"
            return {"type": "websocket.receive", kind: frame}

        async def send(message: Message) -> None:
            self.told.append(message)

        await door(self.scope, receive, send)

    @property
    def closed_with(self) -> int | None:
        """The code with which the connection was ended by us, if it was."""
        return next((m["code"] for m in self.told if m["type"] == "websocket.close"), None)


def event(name: str = "page.cancel", payload: Any = None, where: Any = None, **more: Any) -> str:
    """The frame of an event."""
    body = {"name": name, "payload": payload if payload is not None else {}, **more}
    body["router_data"] = WHERE if where is None else where
    return "42/_event," + json.dumps(["event", body])
