"""Where a call may write, and what every new message has."""

from collections.abc import Mapping
from typing import Any

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.chats import Document
from sandbox.telegram.errors import bad_request, forbidden
from sandbox.telegram.keyboards import read_markup
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.world import BOT_ID, BOT_USER

_KIND_NAMES = {"group": "group", "supergroup": "supergroup", "channel": "channel"}


def reachable(messenger: Messenger, chat: Document) -> None:
    """See that the bot can reach a chat at all.

    Raises:
        Refused: The person blocked the bot or never started it; the bot was put out.
    """
    if chat["type"] == "private":
        if chat.get("deactivated"):
            raise forbidden("user is deactivated")
        if chat.get("blocked"):
            raise forbidden("bot was blocked by the user")
        if not chat.get("started"):
            raise forbidden("bot can't initiate conversation with a user")
        return
    status = messenger.chats.member(chat, BOT_ID)["status"]
    kind = _KIND_NAMES[chat["type"]]
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {kind} chat")
    if status == "left":
        raise forbidden(f"bot is not a member of the {kind} chat")


def destination(messenger: Messenger, args: Arguments) -> Document:
    """The chat that a call writes to.

    Raises:
        Refused: There is none, or the bot may not write there.
    """
    chat = messenger.chats.resolve(args.text("chat_id").strip())
    reachable(messenger, chat)
    standing = messenger.chats.member(chat, BOT_ID)
    if chat["type"] == "channel" and not standing.get("can_post_messages"):
        raise bad_request("need administrator rights in the channel chat")
    if standing["status"] == "restricted" and not standing.get("can_send_messages"):
        raise bad_request("not enough rights to send text messages to the chat")
    return chat


def place(messenger: Messenger, chat: Document, args: Arguments) -> dict[str, Any]:
    """The topic that a call writes into and the message that it answers.

    Raises:
        Refused: There is no such topic or message.
    """
    found: dict[str, Any] = {}
    thread = args.integer("message_thread_id")
    reply = args.document("reply_parameters")
    reply = reply if isinstance(reply, Mapping) else {}
    answered = _whole(reply.get("message_id")) or args.integer("reply_to_message_id")
    if answered:
        record = messenger.chats.find_message(chat, answered)
        is_optional = bool(reply.get("allow_sending_without_reply"))
        is_optional = is_optional or args.flag("allow_sending_without_reply")
        if record is None and not is_optional:
            raise bad_request("message to be replied not found")
        if record is not None:
            message = record["message"]
            bare = {name: value for name, value in message.items() if name != "reply_to_message"}
            found["reply_to_message"] = bare
            thread = thread or message.get("message_thread_id", 0)
    if thread:
        _check_topic(messenger, chat, thread)
        found = {**messenger.chats.in_topic(chat, thread), **found}
    return found


def _check_topic(messenger: Messenger, chat: Document, thread: int) -> None:
    topic = messenger.chats.topic(chat, thread) if chat.get("is_forum") else None
    if topic is None:
        raise bad_request("message thread not found")
    if topic.get("deleted"):
        raise bad_request(topic["deleted"])
    is_administrator = messenger.chats.member(chat, BOT_ID)["status"] == "administrator"
    if topic.get("closed") and not is_administrator:
        raise bad_request("TOPIC_CLOSED")


def post(
    messenger: Messenger, chat: Document, args: Arguments, content: dict[str, Any]
) -> dict[str, Any]:
    """Make the bot's message and keep it.

    Raises:
        Refused: Its topic, the message that it answers or its buttons are not right.
    """
    markup = read_markup(args, is_private=chat["type"] == "private")
    where = place(messenger, chat, args)
    inline = {"reply_markup": markup} if markup and "inline_keyboard" in markup else {}
    extra = {"has_protected_content": True} if args.flag("protect_content") else {}
    message = messenger.chats.make_message(chat, BOT_USER, {**where, **content, **extra, **inline})
    about = {"silent": True} if args.flag("disable_notification") else {}
    messenger.chats.keep_message(message, by_bot=True, **about)
    if markup and not inline and chat["type"] == "private":
        chat["keyboard"] = None if "remove_keyboard" in markup else markup
        messenger.chats.keep(chat)
    return message


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
