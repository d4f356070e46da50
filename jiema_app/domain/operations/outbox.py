"""Handing on facts that were written in the transaction that made them true.

At least once and in order of writing: a sink may hear a fact twice after a crash.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from jiema_app.domain.transaction import Database

PENDING: Final = """
select id, topic, subject_id, payload, created_at from outbox_events
where published_at is null order by id limit $1 for update skip locked
"""

PUBLISHED: Final = "update outbox_events set published_at = now() where id = any($1::bigint[])"

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Event:
    """A fact for others. Holds no SMS text, code or full phone number."""

    id: int
    topic: str
    subject_id: str
    payload: Mapping[str, Any]
    created_at: datetime


class Sink(Protocol):
    """Somebody who wants to know. Must return quickly and not use the network."""

    def __call__(self, event: Event, /) -> None:
        """Hear of a fact."""
        ...


@dataclass(frozen=True, slots=True)
class Outbox:
    """The queue of facts. Any number of workers may empty it."""

    database: Database

    async def publish(self, sinks: tuple[Sink, ...]) -> int:
        """Hand the oldest facts to every sink.

        Returns:
            How many were handed on.
        """
        async with self.database.transaction() as connection:
            events = [Event(**dict(row)) for row in await connection.fetch(PENDING, BATCH)]
            for event in events:
                for sink in sinks:
                    sink(event)
            if events:
                await connection.execute(PUBLISHED, [event.id for event in events])
        return len(events)
