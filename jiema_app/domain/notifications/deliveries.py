"""Asking for something to be sent, in the transaction that makes it true."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiema_app.domain.notifications import queries
from jiema_app.domain.transaction import Connection

TELEGRAM: Final = "telegram"

AT_ONCE: Final = 0
"""Answers to presses and inline queries, which wait for seconds. They keep no order in a chat; one
of each recipient waits, and while news waits they are every second call at most."""

NEWS: Final = 1
"""Codes, and edits that carry them."""

REPLY: Final = 2
"""Replies and money."""

SUPPORT: Final = 3
CHANNEL: Final = 4

REPLIES_MAX: Final = 50
"""Replies to updates that wait for one recipient, of one priority."""

COUNTDOWN: Final = 5
"""Of no use when late: give it an ``expires_at``."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a caller wants sent.

    Attributes:
        recipient: To whom: the number of a chat.
        kind: Names who makes its words when it is sent.
        key: What it is. Of two with one key the first is sent, and the second is not. It may be
            forgotten 30 days after it was settled, one of an update (``update:…``) after three.
        subject_id: What it tells of.
        payload: For who makes its words: never a code, an SMS text or a full phone number.
        priority: 0 is sent first, 5 last.
        not_before: It waits until then.
        expires_at: It is dropped when it was not sent by then.
    """

    recipient: str
    kind: str
    key: str
    subject_id: str | None = None
    payload: Mapping[str, Any] | None = None
    priority: int = REPLY
    not_before: datetime | None = None
    expires_at: datetime | None = None
    transport: str = TELEGRAM


async def put(connection: Connection, *deliveries: Delivery) -> None:
    """Have messages sent, each once. One whose key is known already changes nothing."""
    for delivery in deliveries:
        if delivery.priority == AT_ONCE:
            await connection.execute(
                queries.OVERTAKE, delivery.transport, delivery.recipient, delivery.key
            )
        await connection.execute(queries.PUT, *_columns(delivery), REPLIES_MAX)


async def follow(connection: Connection, delivery: Delivery, revision: int) -> None:
    """Have a message sent that is edited when what it tells of changes.

    Revisions that come while it waits merge: its words are made when it is sent, and tell the
    newest. The priority and the end of one that waits are never worsened by a later one. Nothing
    follows a message whose first sending has an unknown end.

    Args:
        connection: Of the caller's transaction.
        delivery: As it is now.
        revision: Of its subject, above 0. One that is not above the last one changes nothing, but
            for a message that met a closed chat: it is sent now.
    """
    await connection.execute(queries.FOLLOW, *_columns(delivery), revision)


def _columns(delivery: Delivery) -> tuple[Any, ...]:
    return (
        delivery.transport,
        delivery.recipient,
        delivery.kind,
        delivery.key,
        delivery.subject_id,
        delivery.payload,
        delivery.priority,
        delivery.not_before,
        delivery.expires_at,
    )
