"""What is asked of Telegram: a method of its Bot API and its arguments, without the recipient.

Texts are HTML as the Bot API takes it. Whoever makes one escapes what goes into it (`escaped`).
The chat is the delivery's recipient; of a delivery that was sent before, what is made here with
`text` becomes an edit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final, TypeAlias

from jiema_app.domain.notifications.transport import ClaimedDelivery

TEXT_MAX: Final = 4096
"""Characters of a message, its tags not counted."""

CALLBACK_MAX: Final = 64
"""Bytes that a button may carry."""

Keyboard: TypeAlias = Sequence[Sequence[Mapping[str, Any]]]
"""Rows of buttons, in the Bot API's words."""

READY_MADE: Final = "telegram.call"
"""The kind of a delivery whose payload is the whole call."""


@dataclass(frozen=True, slots=True)
class TelegramCall:
    """One call of the Bot API.

    Attributes:
        method: As the Bot API names it: ``sendMessage``.
        arguments: As it names them; the chat is not among them.
    """

    method: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


def escaped(words: str) -> str:
    """Text of somebody else, to stand in a message."""
    return escape(words, quote=False)


def text(
    html: str,
    *,
    keyboard: Keyboard | None = None,
    silent: bool = False,
    thread: int | None = None,
    reply_to: int | None = None,
    preview: bool = False,
) -> TelegramCall:
    """A message of text.

    Args:
        html: Its words, at most `TEXT_MAX` characters of them.
        keyboard: Buttons beneath it. None takes those away that an edited message had.
        silent: Whether phones make no sound.
        thread: The topic it goes to, in a group that has topics.
        reply_to: The message it answers.
        preview: Whether the first link in it is shown as a picture.
    """
    arguments: dict[str, Any] = {
        "text": html,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": not preview},
    }
    if keyboard is not None:
        arguments["reply_markup"] = {"inline_keyboard": [list(row) for row in keyboard]}
    if silent:
        arguments["disable_notification"] = True
    if thread is not None:
        arguments["message_thread_id"] = thread
    if reply_to is not None:
        arguments["reply_parameters"] = {
            "message_id": reply_to,
            "allow_sending_without_reply": True,
        }
    return TelegramCall("sendMessage", arguments)


def edit_text(message_id: int, html: str, *, keyboard: Keyboard | None = None) -> TelegramCall:
    """New words for a message that is no delivery's own: one with the buttons that were pressed."""
    arguments = {
        "message_id": message_id,
        "text": html,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if keyboard is not None:
        arguments["reply_markup"] = {"inline_keyboard": [list(row) for row in keyboard]}
    return TelegramCall("editMessageText", arguments)


def copy_message(
    from_chat: int, message_id: int, *, thread: int | None = None, reply_to: int | None = None
) -> TelegramCall:
    """What somebody wrote or sent elsewhere, as if it were ours."""
    arguments: dict[str, Any] = {"from_chat_id": from_chat, "message_id": message_id}
    if thread is not None:
        arguments["message_thread_id"] = thread
    if reply_to is not None:
        arguments["reply_parameters"] = {
            "message_id": reply_to,
            "allow_sending_without_reply": True,
        }
    return TelegramCall("copyMessage", arguments)


def delete_message(message_id: int) -> TelegramCall:
    """Take a message away."""
    return TelegramCall("deleteMessage", {"message_id": message_id})


def pin_message(message_id: int) -> TelegramCall:
    """Have a message stand at the top of its chat or topic, without a sound."""
    return TelegramCall("pinChatMessage", {"message_id": message_id, "disable_notification": True})


def answer_callback(
    query_id: str, words: str = "", *, alert: bool = False, url: str | None = None
) -> TelegramCall:
    """Answer the press of a button, with at most 200 characters."""
    arguments: dict[str, Any] = {"callback_query_id": query_id}
    if words:
        arguments["text"] = words
    if alert:
        arguments["show_alert"] = True
    if url is not None:
        arguments["url"] = url
    return TelegramCall("answerCallbackQuery", arguments)


def answer_inline(
    query_id: str,
    results: Sequence[Mapping[str, Any]],
    *,
    cache_s: int = 0,
    personal: bool = True,
    button: Mapping[str, Any] | None = None,
    next_offset: str = "",
) -> TelegramCall:
    """Answer an inline query, with at most 50 results."""
    arguments: dict[str, Any] = {
        "inline_query_id": query_id,
        "results": list(results),
        "cache_time": cache_s,
        "is_personal": personal,
        "next_offset": next_offset,
    }
    if button is not None:
        arguments["button"] = dict(button)
    return TelegramCall("answerInlineQuery", arguments)


def create_topic(name: str) -> TelegramCall:
    """Make a topic in a group that has them. The answer's ``message_thread_id`` is its number."""
    return TelegramCall("createForumTopic", {"name": name})


def as_payload(call: TelegramCall) -> dict[str, Any]:
    """A call as the payload of a delivery of the kind `READY_MADE`. Nothing secret goes that way."""
    return {"method": call.method, "arguments": dict(call.arguments)}


async def render_ready_made(delivery: ClaimedDelivery) -> TelegramCall | None:
    """The renderer of `READY_MADE`."""
    payload = delivery.payload
    if payload is None:
        return None
    return TelegramCall(payload["method"], payload["arguments"])
