"""Writing down what became of a delivery that was handed to its transport."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog
from prometheus_client import Counter

from jiema_app.domain.notifications import queries
from jiema_app.domain.notifications.states import DeliveryState
from jiema_app.domain.notifications.transport import (
    ClaimedDelivery,
    Gone,
    MessageGone,
    Moved,
    NotModified,
    NotSent,
    Outcome,
    Recipients,
    Refused,
    RetryAfter,
    Sent,
    Settled,
    ThreadGone,
    TooLate,
    Unknown,
)
from jiema_app.domain.transaction import Connection, Database, DatabaseTrouble

log = structlog.get_logger()

OUTCOMES: Final = Counter(
    "jiema_deliveries_total", "Deliveries handed to a transport", ["transport", "outcome"]
)
DROPPED: Final = Counter("jiema_deliveries_dropped_total", "Deliveries not sent", ["kind", "why"])

TRIES_MAX: Final = 12
"""With the waits between them, about an hour."""

WAIT_MAX_S: Final = 600.0
EDIT_WAIT_S: Final = 2.0

ERROR_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Handed:
    """A delivery that was handed over, and how.

    Attributes:
        at: When; with the sender's name it tells this time from every other.
    """

    delivery: ClaimedDelivery
    at: datetime


@dataclass(frozen=True, slots=True)
class Settling:
    """Writes outcomes down.

    Attributes:
        sender: Its name.
        settled: Who is told of each kind.
    """

    database: Database
    sender: str
    recipients: Recipients
    settled: Mapping[str, Settled] = field(default_factory=dict)

    async def settle(self, handed: Handed, outcome: Outcome) -> None:
        """Write down what became of a delivery, and tell who wants to know.

        Raises:
            DatabaseTrouble: It is not written down.
        """
        delivery = handed.delivery
        OUTCOMES.labels(delivery.transport, type(outcome).__name__).inc()
        try:
            async with self.database.transaction() as connection:
                again = await self._tell(connection, delivery, outcome)
                await self._write(connection, handed, outcome, again=again)
        except DatabaseTrouble:
            raise
        except Exception:
            # Whoever is told has a bug; the message is sent all the same, and must not be again.
            log.exception("not told of a delivery", kind=delivery.kind, delivery=delivery.id)
            async with self.database.transaction() as connection:
                await self._write(connection, handed, outcome, again=False)

    async def _tell(
        self, connection: Connection, delivery: ClaimedDelivery, outcome: Outcome
    ) -> bool:
        hook = self.settled.get(delivery.kind)
        is_repeated = isinstance(outcome, RetryAfter | Moved | NotSent) or (
            isinstance(outcome, Unknown) and delivery.message_id is not None
        )
        if hook is None or is_repeated:
            return False
        result = outcome.result if isinstance(outcome, Sent) else None
        return bool(await hook(connection, delivery, outcome, result))

    async def _write(
        self, connection: Connection, handed: Handed, outcome: Outcome, *, again: bool
    ) -> None:
        delivery = handed.delivery
        if isinstance(outcome, Gone):
            if await self.recipients.lose(connection, delivery.recipient, handed.at):
                await connection.execute(
                    queries.LOSE, delivery.transport, delivery.recipient, outcome.why
                )
        elif isinstance(outcome, Moved):
            await self.recipients.move(connection, delivery.recipient, outcome.recipient)
            await connection.execute(
                queries.MOVE, delivery.transport, delivery.recipient, outcome.recipient
            )
        statement, *values = _written(delivery, outcome, again=again)
        await connection.execute(statement, delivery.id, self.sender, handed.at, *values)


def _written(delivery: ClaimedDelivery, outcome: Outcome, *, again: bool) -> tuple[Any, ...]:
    """The statement for an outcome, and its values."""
    match outcome:
        case Sent(message_id):
            return queries.SENT, delivery.revision, message_id
        case NotModified():
            return queries.SENT, delivery.revision, None
    if delivery.attempts < TRIES_MAX and again and isinstance(outcome, MessageGone | ThreadGone):
        return (queries.AGAIN_AS_NEW,)
    return _repeated(delivery, outcome) or _ended(delivery, outcome)


def _repeated(delivery: ClaimedDelivery, outcome: Outcome) -> tuple[Any, ...] | None:
    """How it is queued again; None when it is not. A wait that is nobody's fault is no try."""
    may_repeat = delivery.attempts < TRIES_MAX
    match outcome:
        case RetryAfter():
            return queries.AGAIN, None, 0.0, 0
        case Moved() if may_repeat:
            # Counted: one that moves to and fro is not followed for ever.
            return queries.AGAIN, None, 0.0, 1
        case NotSent(word, is_unreachable=True):
            return queries.AGAIN, word[:ERROR_MAX], 0.0, 0
        case NotSent(word) if may_repeat:
            wait_s = min(WAIT_MAX_S, 2.0**delivery.attempts)
            return queries.AGAIN, word[:ERROR_MAX], wait_s, 1
        case Unknown(word) if may_repeat and delivery.message_id is not None:
            return queries.AGAIN, word[:ERROR_MAX], EDIT_WAIT_S, 1
    return None


def _ended(delivery: ClaimedDelivery, outcome: Outcome) -> tuple[Any, ...]:
    """How it ends."""
    match outcome:
        case Gone(why):
            return queries.END, DeliveryState.GONE, why, False
        case MessageGone() if delivery.message_id is not None:
            return queries.END, DeliveryState.DROPPED, "message gone", True
        case TooLate():
            return queries.END, DeliveryState.DROPPED, "too late", False
        case Unknown(word) if delivery.message_id is None:
            return queries.END, DeliveryState.UNKNOWN, word[:ERROR_MAX], False
        case Refused(word) | NotSent(word) | Unknown(word):
            return queries.END, DeliveryState.FAILED, word[:ERROR_MAX], False
    return queries.END, DeliveryState.FAILED, type(outcome).__name__, False
