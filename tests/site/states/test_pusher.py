"""Which pages a process reaches."""

from types import SimpleNamespace
from typing import Any

import pytest
from reflex.istate.manager.memory import StateManagerMemory
from reflex.utils.token_manager import LocalTokenManager

from jiema_app.site.states.pusher import ReflexPusher


class Tabs:
    """What Reflex has of tabs."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, str]] = []
        made: Any = LocalTokenManager
        self._token_manager = made()
        self.states: dict[str, Any] = {}

    async def emit_update(self, update: Any, token: str) -> None:
        self.sent.append((update, token))

    async def connect(self, token: str, socket: str) -> None:
        assert await self._token_manager.link_token_to_sid(token, socket) is None

    def said(self, token: str, socket: str) -> None:
        """An event of the tab was handled, which came by this connection."""
        session = SimpleNamespace(session_id=socket)
        self.states[token] = SimpleNamespace(rx_router_session=session)


@pytest.fixture
def tabs() -> Tabs:
    return Tabs()


@pytest.fixture
def pusher(tabs: Tabs) -> ReflexPusher:
    made: Any = StateManagerMemory
    manager = made()
    manager.states = tabs.states
    app: Any = SimpleNamespace(event_namespace=tabs, state_manager=manager)
    return ReflexPusher(app)


async def test_a_tab_is_connected_for_as_long_as_its_connection_is_here(
    tabs: Tabs, pusher: ReflexPusher
) -> None:
    assert not await pusher.is_connected("tab")
    await tabs.connect("tab", "1")
    assert await pusher.is_connected("tab")
    await tabs._token_manager.disconnect_token("tab", "1")
    assert not await pusher.is_connected("tab")


async def test_what_is_said_of_a_page_goes_to_that_page_alone(
    tabs: Tabs, pusher: ReflexPusher
) -> None:
    pusher.keep_to_pages()
    await tabs.connect("tab", "1")
    tabs.said("tab", "1")
    await tabs.emit_update(update="its own", token="tab")
    await tabs._token_manager.disconnect_token("tab", "1")
    await tabs.emit_update(update="nobody is there", token="tab")
    await tabs.connect("tab", "2")
    await tabs.emit_update(update="of the page before", token="tab")
    tabs.said("tab", "2")
    await tabs.emit_update(update="of the page that is open", token="tab")
    await tabs.emit_update(update="of a tab that there is not", token="other")
    assert tabs.sent == [("its own", "tab"), ("of the page that is open", "tab")]
