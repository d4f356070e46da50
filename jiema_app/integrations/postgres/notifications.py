"""Hearing what other processes announce in the database."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import structlog

from jiema_app.domain.transaction import DATABASE_TROUBLES
from jiema_app.integrations.postgres.pool import connect

log = structlog.get_logger()

RECONNECT_S: Final = 0.5
PULSE_S: Final = 10.0
"""A silent connection is probed this often, so that a server that vanished without closing
it is noticed."""

Hear = Callable[[str], None]


class Notifications:
    """Listens on one connection, and says when announcements may have been missed.

    Args:
        address: The database's address.
        channels: What to call with each payload, by channel.
        on_gap: Called after every (re)connection: whatever was cached may be stale.
    """

    def __init__(
        self, address: str, channels: Mapping[str, Hear], on_gap: Callable[[], None]
    ) -> None:
        self._address = address
        self._channels = channels
        self._on_gap = on_gap
        self.is_connected = False

    async def follow(self) -> None:
        """Listen until cancelled, through restarts of the server."""
        while True:
            try:
                await self._listen()
            except DATABASE_TROUBLES as error:
                log.warning("notifications interrupted", error=type(error).__name__)
            self.is_connected = False
            await asyncio.sleep(RECONNECT_S)

    async def _listen(self) -> None:
        connection = await connect(
            self._address, timeout=10, server_settings={"application_name": "jiema-listener"}
        )
        try:
            for channel in self._channels:
                await connection.add_listener(channel, self._hear)
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            self.is_connected = True
            self._on_gap()
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), PULSE_S)
                await connection.execute("select 1", timeout=5)
        finally:
            self.is_connected = False
            connection.terminate()

    def _hear(self, _connection: Any, _pid: int, channel: str, payload: object) -> None:
        self._channels[channel](str(payload))
