"""Sending to open pages through Reflex."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import reflex as rx

from jiema_app.states.live import Watch

if TYPE_CHECKING:
    from redis.asyncio import Redis


@dataclass(frozen=True, slots=True)
class ReflexPusher:
    """Reaches pages whose connection this process, or a sister through Redis, holds."""

    app: rx.App

    async def is_connected(self, token: str) -> bool:
        """Whether somebody holds the connection."""
        manager = self._token_manager
        return manager is not None and await manager.is_token_connected(token)

    def use_redis(self, client: "Redis") -> None:
        """Have Reflex share its connections with sister processes through this client."""
        if self._token_manager is not None:
            self._token_manager.redis = client

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
