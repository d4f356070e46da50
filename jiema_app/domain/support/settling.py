"""What comes of what support has had sent: in the transaction that writes it down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from jiema_app.domain.notifications.deliveries import SUPPORT, Delivery, put
from jiema_app.domain.notifications.transport import (
    ClaimedDelivery,
    Gone,
    Outcome,
    Refused,
    Sent,
    ThreadGone,
)
from jiema_app.domain.support import queries
from jiema_app.domain.support.desk import NUMBER_MAX, SupportDesk, subject_of, tell
from jiema_app.domain.telegram.calls import READY_MADE, as_payload, delete_message, pin_message
from jiema_app.domain.transaction import Connection

CURABLE: Final = frozenset({"no rights", "topic closed", "chat not found"})
"""Words of refusals that are about what the bot may do in the group, not about the message."""


@dataclass(frozen=True, slots=True)
class SupportSettling:
    """Told what became of deliveries of support."""

    desk: SupportDesk

    async def topic(
        self, connection: Connection, delivery: ClaimedDelivery, outcome: Outcome, result: Any
    ) -> None:
        """A topic was made, or was not: then it is asked for again after a while."""
        thread = result.get("message_thread_id") if isinstance(result, Mapping) else None
        if isinstance(outcome, Sent) and type(thread) is int and 0 < thread < NUMBER_MAX:
            await self.desk.begin(
                connection,
                subject_of(delivery),
                _generation(delivery),
                int(delivery.recipient),
                thread,
            )

    async def header(
        self, connection: Connection, delivery: ClaimedDelivery, outcome: Outcome, _result: Any
    ) -> bool | None:
        """The message that says who somebody is was sent: it is pinned. One that was deleted is sent anew."""
        if isinstance(outcome, Sent):
            if delivery.message_id is None and outcome.message_id is not None:
                pin = as_payload(pin_message(outcome.message_id))
                await put(connection, self._ready_made(f"{delivery.key}:pin", pin))
            return None
        if isinstance(outcome, ThreadGone):
            await self.desk.make_anew(connection, subject_of(delivery), _generation(delivery))
            return None
        return True

    async def copy(
        self, connection: Connection, delivery: ClaimedDelivery, outcome: Outcome, result: Any
    ) -> None:
        """A message has come to the other side, or has not."""
        message = subject_of(delivery)
        match outcome:
            case Sent():
                await self._copied(connection, message, _copy_number(outcome, result))
            case ThreadGone():
                telegram_id = await connection.fetchval(queries.WAIT_AGAIN, message)
                if telegram_id is not None:
                    await self.desk.make_anew(connection, telegram_id, _generation(delivery))
            case Refused(word) if word in CURABLE and not _is_private(delivery):
                await connection.fetchval(queries.WAIT_AGAIN, message)
            case Gone() if not _is_private(delivery):
                await connection.fetchval(queries.WAIT_AGAIN, message)
            case _:
                await self._lost(connection, message, outcome)

    async def _copied(self, connection: Connection, message: int, number: int | None) -> None:
        row = await connection.fetchrow(queries.COPIED, message, number)
        if row is None or not (row["version"] and row["is_answer"]):
            return
        # The customer sees the new words alone.
        side = (row["telegram_id"], True, row["source_message_id"], row["version"])
        before = await connection.fetchval(queries.LAST_COPY, *side)
        if before is not None:
            replaced = as_payload(delete_message(before))
            delivery = self._ready_made(f"support:{message}:replaced", replaced)
            await put(connection, _to(row["telegram_id"], delivery))

    async def _lost(self, connection: Connection, message: int, outcome: Outcome) -> None:
        row = await connection.fetchrow(queries.LOSE, message)
        if row is None:
            return
        telegram_id = row["telegram_id"]
        match outcome:
            case Gone():
                word = "blocked"
            case Refused():
                word = "uncopied"
            case _:
                word = "unknown"
        if word == "uncopied" and not row["is_answer"]:
            await tell(connection, telegram_id, "uncopied", f"{message}:uncopied")
        word = f"answer_{word}" if row["is_answer"] else f"message_{word}"
        await self.desk.notice(connection, telegram_id, word, f"{message}:lost")

    def _ready_made(self, key: str, payload: Mapping[str, Any]) -> Delivery:
        return Delivery(
            recipient=str(self.desk.group),
            kind=READY_MADE,
            key=key,
            payload=payload,
            priority=SUPPORT,
        )


def _to(recipient: int, delivery: Delivery) -> Delivery:
    return Delivery(
        recipient=str(recipient),
        kind=delivery.kind,
        key=delivery.key,
        payload=delivery.payload,
        priority=delivery.priority,
    )


def _generation(delivery: ClaimedDelivery) -> int:
    generation: int = (delivery.payload or {}).get("generation", 0)
    return generation


def _is_private(delivery: ClaimedDelivery) -> bool:
    """Whether it goes to a person: groups have numbers below zero."""
    return not delivery.recipient.startswith("-")


def _copy_number(outcome: Sent, result: Any) -> int | None:
    if outcome.message_id is not None:
        return outcome.message_id
    number = result.get("message_id") if isinstance(result, Mapping) else None
    return number if isinstance(number, int) else None
