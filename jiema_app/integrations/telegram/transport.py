"""The transport of deliveries to Telegram."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from telegram.error import TelegramError

from jiema_app.domain.notifications.transport import (
    Content,
    Gone,
    Moved,
    NotSent,
    Outcome,
    Refused,
    Sent,
    Unknown,
)
from jiema_app.domain.telegram.calls import TelegramCall
from jiema_app.integrations.telegram.api import BotApi
from jiema_app.integrations.telegram.outcomes import outcome_of

WITHOUT_CHAT: Final = frozenset({"answerCallbackQuery", "answerInlineQuery"})

MESSAGE_MAX: Final = 2**53
"""Telegram's numbers are below it."""

ONLY_SENT: Final = ("disable_notification", "message_thread_id", "reply_parameters")
"""Arguments that an edit does not take."""

OF_ANOTHER_CHAT: Final = frozenset({"copyMessage", "createForumTopic"})
"""Of these Telegram says "chat not found" of the chat that is copied from too, or of a group that the
settings name wrongly: that tells nothing of a person."""

REPEATABLE: Final = ("edit", "delete", "answer", "pin", "unpin", "close", "reopen", "set", "leave")
"""What is done twice is done once, for methods that begin so."""


@dataclass(frozen=True, slots=True)
class TelegramTransport:
    """See `Transport`. Takes `TelegramCall`s."""

    api: BotApi

    async def send(self, message: Content, recipient: str, message_id: int | None) -> Outcome:
        """See `Transport`. A call that may be repeated without harm is never `Unknown`."""
        if not isinstance(message, TelegramCall):
            return Refused("no call")
        method, arguments = _addressed(message, recipient, message_id)
        try:
            result = await self.api.call(method, arguments)
        except TelegramError as error:
            outcome = outcome_of(error)
            if outcome == Moved(recipient):
                return Refused("moved nowhere")
            if isinstance(outcome, Unknown) and method.startswith(REPEATABLE):
                return NotSent(outcome.word)
            if (
                isinstance(outcome, Gone)
                and outcome.why == "not_found"
                and method in OF_ANOTHER_CHAT
            ):
                return Refused("chat not found")
            return outcome
        number = result.get("message_id") if isinstance(result, dict) else None
        is_number = type(number) is int and 0 < number < MESSAGE_MAX
        return Sent(number if is_number else None, result)

    async def answers(self) -> bool:
        """See `Transport`."""
        try:
            await self.api.call("getMe", {})
        except TelegramError:
            return False
        return True


def _addressed(
    call: TelegramCall, recipient: str, message_id: int | None
) -> tuple[str, Mapping[str, Any]]:
    """The method and its arguments, the chat and the message to edit among them."""
    if call.method in WITHOUT_CHAT or "inline_message_id" in call.arguments:
        return call.method, call.arguments
    arguments = {"chat_id": recipient, **call.arguments}
    if message_id is None or call.method != "sendMessage":
        return call.method, arguments
    for name in ONLY_SENT:
        arguments.pop(name, None)
    return "editMessageText", {**arguments, "message_id": message_id}
