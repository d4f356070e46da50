"""Sending to open pages through Reflex, and forgetting those that went."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory

from jiema_app.states.live import LivePages, Watch
from jiema_app.states.session import Session

if TYPE_CHECKING:
    from redis.asyncio import Redis


@dataclass(frozen=True, slots=True)
class ReflexPusher:
    """Reaches pages whose connection this process holds.

    A tab keeps its name from page to page, and each page of it may be connected to another
    process. What the one before has of it is of a page that nobody sees any more: sent through
    Redis, it would stand on the page that is open now, with another order's number and code.
    """

    app: rx.App

    async def is_connected(self, token: str) -> bool:
        """Whether this process holds the connection."""
        manager = self._token_manager
        record = None if manager is None else manager.token_to_socket.get(token)
        return record is not None and record.instance_id == manager.instance_id

    def use_redis(self, client: "Redis") -> None:
        """Have Reflex share its connections with sister processes through this client."""
        if self._token_manager is not None:
            self._token_manager.redis = client
            # What a handler has to say whose page is gone meanwhile is not for the next page.
            self._token_manager.emit_lost_and_found = _keep_from_other_pages

    @property
    def _token_manager(self) -> Any:
        namespace = self.app.event_namespace
        # Private: Reflex has no public way to it. Kept to this one line.
        return None if namespace is None else namespace._token_manager  # noqa: SLF001

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


async def _keep_from_other_pages(token: str, update: object) -> bool:  # noqa: ARG001 - Reflex' form
    return False
