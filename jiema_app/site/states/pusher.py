"""Sending to open pages through Reflex, and forgetting those that went."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory

from jiema_app.site.states.live_pages import LivePages, Watch
from jiema_app.site.states.visitor import Session


@dataclass(frozen=True, slots=True)
class ReflexPusher:
    """Reaches pages whose connection this process holds."""

    app: rx.App

    async def is_connected(self, token: str) -> bool:
        """Whether this process holds the connection."""
        return self._socket_of(token) is not None

    def keep_to_pages(self) -> None:
        """Have what Reflex says of a page go to that page alone.

        A tab keeps its name from page to page, and Reflex sends to whichever page of it is
        connected when a handler is done: who cancelled an order, and went on to another while
        that took its time, would see the number and code of the first one there. What is
        dropped is missed by nobody: each connection begins with all of the state.
        """
        namespace: Any = self.app.event_namespace
        send = namespace.emit_update

        async def send_to_its_page(update: Any, token: str) -> None:
            socket = self._socket_of(token)
            if socket is not None and socket == self._page_of(token):
                await send(update=update, token=token)

        namespace.emit_update = send_to_its_page

    def _socket_of(self, token: str) -> str | None:
        """The connection of a tab."""
        namespace = self.app.event_namespace
        # Private: Reflex has no public way to it. Kept to this one line.
        held = {} if namespace is None else namespace._token_manager.token_to_socket  # noqa: SLF001
        return held[token].sid if token in held else None

    def _page_of(self, token: str) -> str | None:
        """The connection of whose page the tab's state is, as its last event said."""
        manager = self.app.state_manager
        assert isinstance(manager, StateManagerMemory)  # as rxconfig.py has it
        root = manager.states.get(token)
        return None if root is None else str(root.rx_router_session.session_id)

    async def keep(self, watch: Watch) -> None:
        """Count the state as used: an hour later it would be one of nobody, without a cookie."""
        token = rx.BaseStateToken(ident=watch.token, cls=watch.state)
        await self.app.state_manager.get_state(token)

    async def refresh(self, watch: Watch) -> None:
        """Have the watching state read itself anew."""
        token = rx.BaseStateToken(ident=watch.token, cls=watch.state)
        async with self.app.modify_state(token) as root:
            state: Any = await root.get_state(watch.state)
            await state.refresh()


@dataclass(frozen=True, slots=True)
class ReflexTabs:
    """The tabs whose states lie in this process's memory."""

    app: rx.App
    live: LivePages

    @property
    def _states(self) -> StateManagerMemory:
        manager = self.app.state_manager
        assert isinstance(manager, StateManagerMemory)  # as rxconfig.py has it
        return manager

    def tokens(self) -> Iterable[str]:
        """Those that have a state here."""
        return tuple(self._states.states)

    async def is_connected(self, token: str) -> bool:
        """Whether this process holds the tab's connection."""
        return await ReflexPusher(self.app).is_connected(token)

    def user_of(self, token: str) -> str:
        """Whose things the tab shows; empty for a guest's."""
        root = self._states.states.get(token)
        session = root.substates.get(Session.get_name()) if root is not None else None
        return str(session.owner) if session is not None else ""

    def forget(self, token: str) -> bool:
        """Drop the tab's state; False when it is in use."""
        manager, key = self._states, rx.BaseStateToken(ident=token, cls=rx.State)
        # Private: Reflex forgets states by itself only, an hour after their last event.
        lock = manager._states_locks.get(key.lock_key)  # noqa: SLF001
        if lock is not None and lock.locked():
            return False
        manager._purge_token(key)  # noqa: SLF001
        self.live.forget(token)
        return True
