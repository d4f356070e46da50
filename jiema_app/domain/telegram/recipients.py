"""Who can be written to on Telegram, and where groups are that moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jiema_app.domain.telegram import chat_queries as queries
from jiema_app.domain.transaction import Connection


@dataclass(frozen=True, slots=True)
class TelegramRecipients:
    """See `notifications.transport.Recipients`. A recipient is a chat's number, or a @name."""

    async def current(
        self, connection: Connection, recipients: frozenset[str], /
    ) -> Mapping[str, str | None]:
        """See `Recipients`."""
        rows = await connection.fetch(queries.ELSEWHERE, list(recipients))
        return {row["recipient"]: row["elsewhere"] for row in rows}

    async def lose(self, connection: Connection, recipient: str, at: datetime, /) -> bool:
        """See `Recipients`."""
        if await connection.fetchval(queries.WAS_HEARD_SINCE, recipient, at):
            return False
        await connection.execute(queries.BLOCK_RECIPIENT, recipient)
        return True

    async def move(self, connection: Connection, old: str, new: str, /) -> None:
        """See `Recipients`."""
        await connection.execute(queries.MOVE, old, new)
