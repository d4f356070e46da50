"""What Telegram told us, as far as the private chat makes use of it. Everything else is None.

An update comes from outside: it may be of any shape that Telegram has, or will have. Reading one
never raises.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

import structlog
from telegram import CallbackQuery, ChatMemberUpdated, InlineQuery, Message, User
from telegram.constants import ChatMemberStatus, ChatType

log = structlog.get_logger()

TEXT_MAX: Final = 4096
"""Characters of a message that are looked at: Telegram sends no more."""

QUERY_MAX: Final = 256
DATA_MAX: Final = 64

COMMAND: Final = re.compile(r"/([a-z_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?:\s+|$)")
COMMAND_MAX: Final = 128
"""Characters in which a command's name is looked for."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A person on Telegram: their number and what their app speaks. Not their name."""

    id: int
    language_code: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """A message in the private chat.

    Attributes:
        command: Without its slash, in lower case; empty where it is none.
        words: What follows the command, or the whole text; empty of a picture.
    """

    update_id: int
    sender: Sender
    message_id: int
    command: str
    words: str


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button beneath one of the bot's messages.

    Attributes:
        query_id: To be answered.
        message_id: Of the message; None of one that an inline query has sent.
        shown_at: When that message was sent, or edited last; None when Telegram does not
            show it any more, as when it was deleted.
    """

    update_id: int
    sender: Sender
    query_id: str
    data: str
    message_id: int | None
    shown_at: datetime | None


@dataclass(frozen=True, slots=True)
class Question:
    """An inline query: somebody types the bot's name in any chat."""

    update_id: int
    sender: Sender
    query_id: str
    words: str
    offset: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody has blocked the bot, or lets it write again."""

    update_id: int
    sender: Sender
    is_open: bool


Incoming: TypeAlias = Written | Press | Question | Standing


def read_update(
    update_id: int, kind: str, about: Mapping[str, Any], bot_username: str
) -> Incoming | None:
    """What an update says to the private chat; None when it says nothing to it.

    Args:
        update_id: Of the update.
        kind: What it tells of: ``message``.
        about: What it holds under that name, as Telegram sent it.
        bot_username: Whose commands we take: ``/help@other_bot`` is none.
    """
    try:
        return _read(update_id, kind, dict(about), bot_username)
    except _ODD as error:
        log.info("update of a shape we do not know", kind=kind, error=type(error).__name__)
        return None


_ODD: Final = (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError)
"""What reading one of another shape ends in."""


def _read(update_id: int, kind: str, about: dict[str, Any], bot_username: str) -> Incoming | None:
    # What was edited, posted in a channel or said in a group is not for this chat.
    if kind == "message":
        return _written(update_id, Message.de_json(about, None), bot_username)
    if kind == "callback_query":
        return _press(update_id, CallbackQuery.de_json(about, None))
    if kind == "inline_query":
        return _question(update_id, InlineQuery.de_json(about, None))
    if kind == "my_chat_member":
        return _standing(update_id, ChatMemberUpdated.de_json(about, None))
    return None


def _sender(user: User | None) -> Sender | None:
    if user is None or user.is_bot or not isinstance(user.id, int):
        return None
    code = user.language_code
    return Sender(user.id, code[:35] if isinstance(code, str) and code else None)


def _written(update_id: int, message: Message, bot_username: str) -> Written | None:
    sender = _sender(message.from_user)
    if sender is None or message.chat.type != ChatType.PRIVATE or message.via_bot is not None:
        # What our own inline results put into this chat is no question to us.
        return None
    text = (message.text or "")[:TEXT_MAX]
    command, words = "", text.strip()
    if text.startswith("/"):
        found = COMMAND.match(text[:COMMAND_MAX].lower())
        if found is None:
            command, words = "?", ""
        elif found[2] is not None and found[2] != bot_username.lower():
            return None
        else:
            command, words = found[1], text[found.end() :].strip()
    return Written(update_id, sender, message.message_id, command, words)


def _press(update_id: int, query: CallbackQuery) -> Press | None:
    sender = _sender(query.from_user)
    if sender is None:
        return None
    message = query.message
    if message is not None and message.chat.type != ChatType.PRIVATE:
        return None
    shown = None
    if isinstance(message, Message) and message.is_accessible:
        shown = message.edit_date or message.date
    return Press(
        update_id,
        sender,
        query.id[:64],
        (query.data or "")[:DATA_MAX],
        None if message is None else message.message_id,
        shown,
    )


def _question(update_id: int, query: InlineQuery) -> Question | None:
    sender = _sender(query.from_user)
    if sender is None:
        return None
    return Question(
        update_id, sender, query.id[:64], query.query[:QUERY_MAX], query.offset[:DATA_MAX]
    )


def _standing(update_id: int, change: ChatMemberUpdated) -> Standing | None:
    sender = _sender(change.from_user)
    if sender is None or change.chat.type != ChatType.PRIVATE:
        return None
    status = change.new_chat_member.status
    return Standing(update_id, sender, status == ChatMemberStatus.MEMBER)
