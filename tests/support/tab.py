"""A browser's tab without a browser: the connection that a page of ours opens.

    async with open_tab(origin, "/en/order/c…", cookie) as tab:
        await tab.until("order_page", lambda page: page["phase"] == "shown")

It speaks to the server as Reflex' own script does: its state is the sum of all deltas.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import socketio

from tests.support.polling import PATIENCE_S

NAMESPACE: Final = "/_event"
ROOT: Final = "reflex___state____state"
HYDRATE: Final = f"{ROOT}.hydrate_and_load"
VAR_ENDING: Final = "_rx_state_"

State = dict[str, Any]


@dataclass
class Tab:
    """One open page."""

    path: str
    token: str
    connection: socketio.AsyncClient
    states: dict[str, State] = field(default_factory=dict)
    received: list[Any] = field(default_factory=list)
    """Every update as it came, when it is kept."""
    keeps: bool = True
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    on_change: Callable[[], None] | None = None

    def state(self, name: str) -> State:
        """What the tab knows of the state whose name ends so, without the ends of its vars."""
        for full_name, values in self.states.items():
            if full_name.endswith(name):
                return values
        return {}

    async def until(
        self, name: str, is_so: Callable[[State], bool], *, seconds: float = PATIENCE_S
    ) -> State:
        """Wait until a state is as it should be; it as it was then."""
        async with asyncio.timeout(seconds):
            while not is_so(self.state(name)):
                self.changed.clear()
                await self.changed.wait()
        return dict(self.state(name))

    async def send(self, event: str, *, path: str | None = None, **payload: Any) -> None:
        """Call a handler: ``jiema_app___site___account___order___state____order_page.cancel``."""
        body = event_body(f"{ROOT}.{event}", path or self.path, payload)
        await self.connection.emit("event", body, namespace=NAMESPACE)

    def hear(self, update: Any) -> None:
        """Add what the server sent."""
        if self.keeps:
            self.received.append(update)
        for name, delta in (update.get("delta") or {}).items():
            known = self.states.setdefault(name, {})
            known.update({var.removesuffix(VAR_ENDING): value for var, value in delta.items()})
        self.changed.set()
        if self.on_change is not None:
            self.on_change()


def event_body(name: str, path: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """An event as Reflex' script sends it."""
    pathname, _, query = path.partition("?")
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return {
        "name": name,
        "payload": dict(payload),
        "router_data": {
            "pathname": pathname,
            "asPath": path,
            "query": {key: value for key, _, value in pairs},
        },
    }


@asynccontextmanager
async def open_tab(
    origin: str,
    path: str,
    cookie: str = "",
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    keeps: bool = True,
    first: str | None = HYDRATE,
) -> AsyncIterator[Tab]:
    """Connect as the page at a path does.

    Args:
        origin: Of the web process.
        path: Of the page, with its query.
        cookie: The browser's ``Cookie`` header.
        token: That of an earlier connection of the same tab.
        headers: More of the handshake's headers.
        keeps: Whether to keep every update.
        first: The event that the handshake carries; None for a tab that says nothing.
    """
    connection = socketio.AsyncClient(reconnection=False)
    tab = Tab(path, token or str(uuid.uuid4()), connection, keeps=keeps)
    connection.on("event", tab.hear, namespace=NAMESPACE)
    own = {"Cookie": cookie} if cookie else {}
    await connection.connect(
        f"{origin}?token={tab.token}",
        headers={**own, **(headers or {})},
        transports=["websocket"],
        namespaces=[NAMESPACE],
        socketio_path="_event",
        auth={"event": event_body(first, path, {})} if first else {},
        wait_timeout=int(PATIENCE_S),
    )
    try:
        yield tab
    finally:
        await connection.disconnect()
