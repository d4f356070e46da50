"""What Telegram tells us: how it is read, where it is kept, and what comes of handling it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, TypeAlias, TypeGuard

import orjson

from jiema_app.domain.notifications.deliveries import AT_ONCE, REPLY, Delivery
from jiema_app.domain.telegram.calls import READY_MADE, TelegramCall, as_payload
from jiema_app.domain.transaction import Connection

KINDS: Final[tuple[str, ...]] = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "my_chat_member",
)
"""What we ask Telegram to tell us; the rest is not stored."""

WORDS: Final = frozenset(
    {"text", "entities", "caption", "caption_entities", "reply_markup", "reply_to_message"}
)
"""Fields of a message that tell what it says."""

PRIVATE: Final = "private"
"""A chat with one person."""

NUMBER_MAX: Final = 2**63 - 1

ANSWER_LIFE: Final = timedelta(seconds=20)
"""A press or an inline query that was not answered by then cannot be answered any more."""

REPLY_LIFE: Final = timedelta(minutes=10)
"""Who has waited for longer has asked again, or does not want to know any more."""

Act: TypeAlias = Callable[[Connection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class IncomingUpdate:
    """Something that Telegram told us, read.

    Attributes:
        chat_key: The chat's number, or the person's where there is no chat.
        kind: One of `KINDS`.
        payload: All of it; of a press in a private chat, not what its message says.
    """

    update_id: int
    chat_key: int
    kind: str
    payload: Mapping[str, Any]


def read_update(body: bytes) -> IncomingUpdate | None:
    """Read an update; None when it is none, or none that we use. Takes any bytes."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return update_in(told)


def update_in(told: object) -> IncomingUpdate | None:
    """The update in a JSON value; None when it is none, or none that we use."""
    if not isinstance(told, dict):
        return None
    update_id = told.get("update_id")
    if not _is_number(update_id) or update_id < 0:
        return None
    for kind in KINDS:
        about = told.get(kind)
        if isinstance(about, dict):
            chat_key = _chat_key(kind, about)
            if chat_key is None:
                return None
            payload = told if kind != "callback_query" else told | {kind: _without_words(about)}
            return IncomingUpdate(update_id, chat_key, kind, payload)
    return None


def _without_words(press: Mapping[str, Any]) -> Mapping[str, Any]:
    """A press without what our message in a private chat says: a number, a code, an amount."""
    message = press.get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(chat, dict) or chat.get("type") != PRIVATE:
        return press
    kept = {name: value for name, value in message.items() if name not in WORDS}
    return {**press, "message": kept}


def _chat_key(kind: str, about: Mapping[str, Any]) -> int | None:
    holder = about.get("message") if kind == "callback_query" else about
    chat = holder.get("chat") if isinstance(holder, dict) else None
    found = (chat if isinstance(chat, dict) else about.get("from")) or {}
    number = found.get("id") if isinstance(found, dict) else None
    return number if _is_number(number) else None


def _is_number(value: object) -> TypeGuard[int]:
    return type(value) is int and -NUMBER_MAX <= value <= NUMBER_MAX


@dataclass(frozen=True, slots=True)
class ClaimedUpdate:
    """An update whose turn it is.

    Attributes:
        kind: One of `KINDS`.
        about: What it holds under this name.
        failures: How often handling it failed before.
    """

    update_id: int
    chat_key: int
    kind: str
    about: Mapping[str, Any]
    received_at: datetime
    failures: int


@dataclass(slots=True)
class Effects:
    """What handling an update comes to: written in the transaction that marks it handled.

    A handler that is run again, after a crash, begins with an empty one: nothing is doubled.
    """

    update: ClaimedUpdate
    deliveries: list[Delivery] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def reply(
        self,
        call: TelegramCall,
        *,
        recipient: int | None = None,
        priority: int = REPLY,
        expires_at: datetime | None = None,
    ) -> None:
        """Send something ready-made, without anything secret in it, to the update's own chat."""
        self.say(
            READY_MADE, call=call, recipient=recipient, priority=priority, expires_at=expires_at
        )

    def answer(self, call: TelegramCall) -> None:
        """Answer the press or the inline query that this is; late it is of no use."""
        self.reply(call, priority=AT_ONCE, expires_at=self.update.received_at + ANSWER_LIFE)

    def say(
        self,
        kind: str,
        *,
        subject_id: str | None = None,
        payload: Mapping[str, Any] | None = None,
        call: TelegramCall | None = None,
        recipient: int | None = None,
        priority: int = REPLY,
        expires_at: datetime | None = None,
    ) -> None:
        """Send something whose words are made when it is sent, by the renderer of its kind."""
        to = self.update.chat_key if recipient is None else recipient
        self.deliveries.append(
            Delivery(
                recipient=str(to),
                kind=kind,
                key=f"update:{self.update.update_id}:{len(self.deliveries) + 1}",
                subject_id=subject_id,
                payload=as_payload(call) if call is not None else payload,
                priority=priority,
                expires_at=expires_at,
            )
        )

    def ending(self, now: datetime) -> list[Delivery]:
        """What is to be sent, the replies among it only for a time. News stay until they are sent.

        Args:
            now: When it is written down: what came late is not answered too late for that.
        """
        return [
            replace(one, expires_at=now + REPLY_LIFE)
            if one.kind == READY_MADE and one.expires_at is None and one.priority == REPLY
            else one
            for one in self.deliveries
        ]

    def deliver(self, delivery: Delivery) -> None:
        """Send something under a key of its own."""
        self.deliveries.append(delivery)

    def also(self, act: Act) -> None:
        """Do something in the database, and nowhere else, in the same transaction."""
        self.acts.append(act)


class UpdateHandler(Protocol):
    """Handles updates.

    It calls services, whose requests it keys by the update's number, and talks to nobody outside
    but through effects.
    """

    async def __call__(self, update: ClaimedUpdate, effects: Effects, /) -> None:
        """Handle it."""
        ...
