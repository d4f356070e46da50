"""What comes of announcements that were sent: in the transaction that writes it down."""

from dataclasses import dataclass
from typing import Any

from jiema_app.domain.announcements import queries
from jiema_app.domain.announcements.service import Announcements, posting, withdrawal
from jiema_app.domain.notifications.deliveries import follow, put
from jiema_app.domain.notifications.transport import ClaimedDelivery, Outcome, Refused, Sent
from jiema_app.domain.transaction import Connection


@dataclass(frozen=True, slots=True)
class AnnouncementSettling:
    """Told what became of announcements."""

    announcements: Announcements

    async def posted(
        self, connection: Connection, delivery: ClaimedDelivery, outcome: Outcome, _result: Any
    ) -> None:
        """It was posted. One that was withdrawn at that moment is deleted again."""
        channel, announcement = self.announcements.channel, delivery.subject_id
        if not isinstance(outcome, Sent) or channel is None or announcement is None:
            return
        if delivery.message_id is not None or outcome.message_id is None:
            return
        if await connection.fetchval(queries.POSTED, announcement, outcome.message_id):
            await put(connection, withdrawal(channel, announcement))

    async def withdrawn(
        self, connection: Connection, delivery: ClaimedDelivery, outcome: Outcome, _result: Any
    ) -> None:
        """It was deleted. What Telegram does not delete any more is edited: that it was withdrawn."""
        channel, announcement = self.announcements.channel, delivery.subject_id
        if not isinstance(outcome, Refused) or channel is None or announcement is None:
            return
        row = await connection.fetchrow(queries.SAY_WITHDRAWN, announcement)
        if row is not None:
            again = posting(channel, announcement, row["publish_at"])
            await follow(connection, again, row["revision"])
