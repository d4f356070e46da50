"""Forgetting deliveries that were settled long ago, and what people decide about parked ones."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiema_app.domain.errors import NotFound
from jiema_app.domain.notifications import queries
from jiema_app.domain.notifications.states import DeliveryState
from jiema_app.domain.transaction import Database

KEPT_DAYS: Final = 30
"""A key is known for so long, and so long a message can be edited: nobody else knows its number."""

REPLIES_KEPT_DAYS: Final = 3
"""Replies to updates: the updates themselves are known for two days."""

FOLLOWED: Final = ("order.shown",)
"""Replies that are edited later: what they show is to be forgotten, even if its reader was away."""

BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class ListedDelivery:
    """A delivery as people see it who look after them: nothing of what it says."""

    id: int
    state: DeliveryState
    kind: str
    key: str
    recipient: str
    error: str | None
    attempts: int
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryDesk:
    """What is done about deliveries beside sending them."""

    database: Database

    async def sweep(self) -> None:
        """Forget what was settled long ago."""
        while True:
            async with self.database.connection() as connection:
                done = await connection.execute(
                    queries.SWEEP, KEPT_DAYS, REPLIES_KEPT_DAYS, BATCH, FOLLOWED
                )
            if done != f"DELETE {BATCH}":
                return

    async def count(self) -> dict[DeliveryState, tuple[int, int]]:
        """How many there are in each state, and how old the oldest is, in seconds."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.COUNT)
        return {DeliveryState(row["state"]): (row["number"], row["oldest_s"]) for row in rows}

    async def list_some(self, *states: DeliveryState, most: int = 50) -> list[ListedDelivery]:
        """The newest in these states."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(queries.LIST, list(states), most)
        return [
            ListedDelivery(**{**dict(row), "state": DeliveryState(row["state"])}) for row in rows
        ]

    async def retry(self, delivery: int, actor: str, reason: str) -> None:
        """Have one sent that was parked or refused. Its recipient may get it twice.

        Raises:
            NotFound: There is none of that number, or it is not parked or refused.
        """
        await self._decide(queries.RETRY, delivery, actor, reason)

    async def drop(self, delivery: int, actor: str, reason: str) -> None:
        """Leave one unsent.

        Raises:
            NotFound: There is none of that number, or it was sent, or is being sent.
        """
        await self._decide(queries.DROP, delivery, actor, reason)

    async def _decide(self, statement: str, delivery: int, actor: str, reason: str) -> None:
        async with self.database.connection() as connection:
            done = await connection.fetchval(statement, delivery, actor, reason)
        if done is None:
            raise NotFound("No such delivery waits for a decision.")
