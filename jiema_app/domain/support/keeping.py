"""What support does by itself: nothing is left waiting, and what is over ends."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from jiema_app.domain.notifications.states import DeliveryState
from jiema_app.domain.support import queries
from jiema_app.domain.support.desk import SupportDesk
from jiema_app.domain.transaction import Connection

AGAIN_AFTER: Final = timedelta(minutes=2)
"""What could not be done is tried again after so long: a right was perhaps given back."""

SHOWN_MAX: Final = 100
"""Open cases whose headers are kept up to date, the newest first."""

KEPT_DAYS: Final = 45
"""So long the numbers of messages are kept, for replies and edits."""

NOTICED: Final = {DeliveryState.UNKNOWN: "unknown", DeliveryState.GONE: "blocked"}

FIGURES_OF: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportFigures:
    """How long people wait. Times are of the last seven days, in seconds; None without any.

    Attributes:
        open: Cases that are not resolved.
        unanswered: Of them, those that nobody has answered.
        waiting: Messages that could not be passed on to the group for some minutes.
    """

    open: int
    unanswered: int
    oldest_unanswered_s: int
    opened: int
    answered: int
    resolved: int
    first_answer_median_s: float | None
    first_answer_p90_s: float | None
    resolution_median_s: float | None
    waiting: int


@dataclass(frozen=True, slots=True)
class SupportKeeping:
    """Keeps support going. Runs in one worker at a time.

    Attributes:
        silence_hours: An answered case in which nobody writes for so long is resolved.
    """

    desk: SupportDesk
    silence_hours: int

    async def run(self) -> None:
        """Bring headers up to date, try again what got stuck, end what is over."""
        if self.desk.group is None:
            return
        await self._show()
        await self._unstick()
        async with self.desk.database.connection() as connection:
            now = self.desk.clock.now()
            await connection.execute(queries.RESOLVE_SILENT, now, self.silence_hours)

    async def forget(self) -> None:
        """Forget the numbers of old messages."""
        async with self.desk.database.connection() as connection:
            await connection.execute(queries.FORGET, KEPT_DAYS)

    async def figures(self) -> SupportFigures:
        """How many wait, and how long people waited."""
        now = self.desk.clock.now()
        async with self.desk.database.connection() as connection:
            row = await connection.fetchrow(queries.FIGURES, now, FIGURES_OF)
            waiting = await connection.fetchval(queries.WAITING_FOR_GROUP, now - 2 * AGAIN_AFTER)
        assert row is not None
        return SupportFigures(**dict(row), waiting=waiting)

    async def _show(self) -> None:
        for row in await self._open_topics():
            async with self.desk.database.transaction() as connection:
                await self.desk.show(
                    connection, row["telegram_id"], row["generation"], row["header_hash"]
                )

    async def _open_topics(self) -> list[Any]:
        group = await self.desk.group_now()
        async with self.desk.database.connection() as connection:
            return list(await connection.fetch(queries.OPEN_TOPICS, SHOWN_MAX, group))

    async def _unstick(self) -> None:
        now, group = self.desk.clock.now(), await self.desk.group_now()
        async with self.desk.database.transaction() as connection:
            for row in await connection.fetch(queries.STRANDED):
                await self._strand(connection, row)
            for row in await connection.fetch(queries.STUCK_TOPICS, now - AGAIN_AFTER, group):
                await self.desk.make_anew(connection, row["telegram_id"], row["generation"])
            for row in await connection.fetch(queries.STUCK_MESSAGES, now, group):
                await self.desk.give(connection, [row["id"]], row["generation"])

    async def _strand(self, connection: Connection, row: Any) -> None:
        """What did not arrive waits again; what perhaps did, or was an answer, is told instead."""
        message, state = row["id"], DeliveryState(row["state"])
        if not row["is_answer"] and state is not DeliveryState.UNKNOWN:
            await connection.execute(queries.WAIT_AGAIN, message)
            return
        await connection.execute(queries.LOSE, message)
        about = "answer" if row["is_answer"] else "message"
        word = f"{about}_{NOTICED.get(state, 'failed')}"
        await self.desk.notice(connection, row["telegram_id"], word, f"{message}:lost")
