"""Hearing what other processes announce in the database."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from jiema_app.domain.transaction import sorted_errors
from jiema_app.integrations.postgres.pool import connect

if TYPE_CHECKING:
    import asyncpg

CONNECT_S: Final = 10.0
ANSWER_S: Final = 5.0
"""A server that stands still accepts what it is sent and says nothing for ever."""

PULSE_S: Final = 10.0
"""A silent connection is probed this often, so that a server that vanished without closing
it is noticed."""

Hear = Callable[[str], None]
OpenConnection = Callable[..., Awaitable["asyncpg.Connection[asyncpg.Record]"]]


class Notifications:
    """Listens on one connection, and says when announcements may have been missed.

    Args:
        address: The database's address.
        channels: What to call with each payload, by channel.
        on_gap: Called after every (re)connection: whatever was cached may be stale.
        open_connection: Takes the address and asyncpg's options.
    """

    def __init__(
        self,
        address: str,
        channels: Mapping[str, Hear],
        on_gap: Callable[[], None],
        open_connection: OpenConnection = connect,
    ) -> None:
        self._address = address
        self._channels = channels
        self._on_gap = on_gap
        self._open_connection = open_connection
        self._deaf_since: float | None = time.monotonic()

    @property
    def is_connected(self) -> bool:
        """Whether announcements are heard."""
        return self._deaf_since is None

    @property
    def deaf_s(self) -> float:
        """For how long nothing was heard, because there is no connection; 0 when there is."""
        return 0.0 if self._deaf_since is None else time.monotonic() - self._deaf_since

    async def follow(self) -> None:
        """Listen until the connection is lost. Whoever keeps this going calls it again.

        Raises:
            DatabaseTrouble: It is lost, or was not to be had.
        """
        with sorted_errors():
            await self._listen()

    async def _listen(self) -> None:
        connection = await self._open_connection(
            self._address,
            timeout=CONNECT_S,
            command_timeout=ANSWER_S,
            server_settings={"application_name": "jiema-listener"},
        )
        try:
            for channel in self._channels:
                await connection.add_listener(channel, self._hear)
            lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            self._deaf_since = None
            self._on_gap()
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(PULSE_S):
                        await lost.wait()
                await connection.execute("select 1")
        finally:
            if self._deaf_since is None:
                self._deaf_since = time.monotonic()
            connection.terminate()

    def _hear(self, _connection: Any, _pid: int, channel: str, payload: object) -> None:
        self._channels[channel](str(payload))
