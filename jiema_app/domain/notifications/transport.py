"""What carries messages, what makes their words, and what comes of it: the ports of a sender."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

from jiema_app.domain.transaction import Connection

Content: TypeAlias = object
"""A message as its transport takes it: for Telegram a `domain.telegram.calls.TelegramCall`."""


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery whose turn it is.

    Attributes:
        recipient: Where to, as of now: a group that moved has another number than was asked for.
        attempts: How often it was handed over, this time counted.
        revision: What is sent now.
        message_id: Of the message that is edited; None when it is sent for the first time.
    """

    id: int
    transport: str
    recipient: str
    kind: str
    key: str
    subject_id: str | None
    payload: Mapping[str, Any] | None
    priority: int
    attempts: int
    revision: int
    message_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """It was taken.

    Attributes:
        message_id: The transport's number of the message; None of what is no message.
        result: The whole answer.
    """

    message_id: int | None = None
    result: Any = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The message says it already."""


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Too fast: nothing at all is to be sent for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Gone:
    """The recipient cannot be written to."""

    why: Literal["blocked", "not_found", "deactivated"]


@dataclass(frozen=True, slots=True)
class Moved:
    """The recipient has another address from now on."""

    recipient: str


@dataclass(frozen=True, slots=True)
class ThreadGone:
    """The place within the recipient's chat does not exist any more."""


@dataclass(frozen=True, slots=True)
class MessageGone:
    """What was to be edited does not exist, or cannot be edited any more."""


@dataclass(frozen=True, slots=True)
class TooLate:
    """Nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not taken, now or ever.

    Attributes:
        word: Why, bounded and without anything that people wrote.
    """

    word: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """It did not arrive: it may be tried again.

    Attributes:
        word: Why.
        is_unreachable: Whether nothing would arrive now, whatever it is.
    """

    word: str
    is_unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was handed over, and the answer was lost."""

    word: str


Outcome: TypeAlias = (
    Sent
    | NotModified
    | RetryAfter
    | Gone
    | Moved
    | ThreadGone
    | MessageGone
    | TooLate
    | Refused
    | NotSent
    | Unknown
)


class Transport(Protocol):
    """Carries messages. Every failure is an outcome; it raises nothing."""

    async def send(self, message: Content, recipient: str, message_id: int | None) -> Outcome:
        """Send a message, or edit the one with a number. Ends within a bounded time."""
        ...

    async def answers(self) -> bool:
        """Whether it answers a question that changes nothing. Ends within a bounded time."""
        ...


class Renderer(Protocol):
    """Makes the words of one kind of delivery, at the moment it is sent."""

    async def __call__(self, delivery: ClaimedDelivery, /) -> Content | None:
        """The message; None when there is nothing to say any more: it is dropped then."""
        ...


class Settled(Protocol):
    """Told what became of a delivery of one kind, in the transaction that writes it down.

    Not told of what is tried again by itself: `RetryAfter`, `Moved`, `NotSent`, and edits that
    are `Unknown`.
    """

    async def __call__(
        self, connection: Connection, delivery: ClaimedDelivery, outcome: Outcome, result: Any, /
    ) -> bool | None:
        """Act on it.

        Returns:
            True, of `ThreadGone` and `MessageGone` alone: queue it again as a new message.
        """
        ...


class Recipients(Protocol):
    """Who of a transport's recipients can be written to, and where they are now."""

    async def current(
        self, connection: Connection, recipients: frozenset[str], /
    ) -> Mapping[str, str | None]:
        """Those that are not to be written to as they are: where to instead, or None: nowhere."""
        ...

    async def lose(self, connection: Connection, recipient: str, at: datetime, /) -> bool:
        """Remember that a recipient cannot be written to.

        Args:
            connection: Of the caller's transaction.
            recipient: Who.
            at: When they were written to in vain.

        Returns:
            False, and nothing is remembered, when they can be written to again since.
        """
        ...

    async def move(self, connection: Connection, old: str, new: str, /) -> None:
        """Remember that a recipient has another address."""
        ...
