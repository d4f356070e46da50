"""Sending to open pages through Reflex."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from jiema_app.states.live import Watch


@dataclass(frozen=True, slots=True)
class ReflexPusher:
    """Reaches pages whose connection this process, or a sister through Redis, holds."""

    app: rx.App

    async def is_connected(self, token: str) -> bool:
        """Whether somebody holds the connection."""
        namespace = self.app.event_namespace
        # Private: Reflex has no public way to ask. Kept to this one line.
        return namespace is not None and await namespace._token_manager.is_token_connected(token)  # noqa: SLF001

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
