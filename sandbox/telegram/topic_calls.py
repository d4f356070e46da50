"""Topics of a forum."""

from typing import Any, Final

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.chats import Document
from sandbox.telegram.errors import bad_request
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.posting import reachable
from sandbox.telegram.world import BOT_ID, BOT_USER

NAME_MAX: Final = 128
COLORS: Final = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


def create_forum_topic(messenger: Messenger, args: Arguments) -> Any:
    """A new topic; the message that opens it has its number."""
    chat = _forum(messenger, args, "create a topic")
    name = args.text("name").strip()
    if not name:
        raise bad_request("topic name is empty" if args.has("name") else "TOPIC_TITLE_EMPTY")
    color = args.integer("icon_color", COLORS[0])
    if color not in COLORS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    return make_topic(messenger, chat, BOT_USER, name[:NAME_MAX], color)


def make_topic(
    messenger: Messenger, chat: Document, by: dict[str, Any], name: str, color: int
) -> dict[str, Any]:
    """Open a topic in somebody's name; returns it."""
    opened = {"forum_topic_created": {"name": name, "icon_color": color}}
    message = messenger.chats.make_message(chat, by, opened)
    thread = message["message_id"]
    message |= {"message_thread_id": thread, "is_topic_message": True}
    topic = {"message_thread_id": thread, "name": name, "icon_color": color}
    messenger.chats.keep_topic(chat, topic)
    messenger.tell_note(chat, message, by_bot=by["id"] == BOT_ID)
    return topic


def edit_forum_topic(messenger: Messenger, args: Arguments) -> Any:
    """Another name."""
    chat, topic = _topic(messenger, args, "edit the topic")
    name = args.text("name").strip()[:NAME_MAX] or topic["name"]
    icon = args.text("icon_custom_emoji_id")
    if name == topic["name"] and icon == topic.get("icon_custom_emoji_id", ""):
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic |= {"name": name, **({"icon_custom_emoji_id": icon} if icon else {})}
    return _changed(messenger, chat, topic, {"forum_topic_edited": {"name": name}})


def close_forum_topic(messenger: Messenger, args: Arguments) -> Any:
    """Nobody but administrators writes there any more."""
    chat, topic = _topic(messenger, args, "close the topic")
    if topic.get("closed"):
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic["closed"] = True
    return _changed(messenger, chat, topic, {"forum_topic_closed": {}})


def reopen_forum_topic(messenger: Messenger, args: Arguments) -> Any:
    """Everybody writes there again."""
    chat, topic = _topic(messenger, args, "reopen the topic")
    if not topic.get("closed"):
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic["closed"] = False
    return _changed(messenger, chat, topic, {"forum_topic_reopened": {}})


def delete_forum_topic(messenger: Messenger, args: Arguments) -> Any:
    """A topic with all that stands in it."""
    chat, topic = _topic(messenger, args, "delete the topic")
    drop_topic(messenger, chat, topic["message_thread_id"], "message thread not found")
    return True


def drop_topic(messenger: Messenger, chat: Document, thread: int, words: str) -> None:
    """Delete a topic and its messages; whoever names it later is refused in these words."""
    for record in messenger.chats.messages(chat):
        if record["message"].get("message_thread_id") == thread:
            messenger.chats.drop_message(chat, record["message"]["message_id"])
    topic = messenger.chats.topic(chat, thread)
    if topic is not None:
        messenger.chats.keep_topic(chat, {**topic, "deleted": words})


def unpin_all_in_topic(messenger: Messenger, args: Arguments) -> Any:
    """Nothing is pinned in it any more."""
    chat, topic = _topic(messenger, args, "edit the topic")
    thread = topic["message_thread_id"]
    kept = []
    for number in chat.get("pinned", []):
        record = messenger.chats.find_message(chat, number)
        if record and record["message"].get("message_thread_id") != thread:
            kept.append(number)
    chat["pinned"] = kept
    messenger.chats.keep(chat)
    return True


def general_topic(messenger: Messenger, args: Arguments) -> Any:
    """The topic without a number can be named, closed and hidden; nothing depends on it here."""
    _forum(messenger, args, "edit the topic")
    return True


def get_forum_topic_icon_stickers(_messenger: Messenger, _args: Arguments) -> Any:
    """There are none."""
    return []


def _changed(messenger: Messenger, chat: Document, topic: Document, note: dict[str, Any]) -> bool:
    messenger.chats.keep_topic(chat, topic)
    where = messenger.chats.in_topic(chat, topic["message_thread_id"])
    message = messenger.chats.make_message(chat, BOT_USER, {**where, **note})
    messenger.tell_note(chat, message)
    return True


def _forum(messenger: Messenger, args: Arguments, wish: str) -> Document:
    chat = messenger.chats.resolve(args.text("chat_id").strip())
    reachable(messenger, chat)
    if not chat.get("is_forum"):
        raise bad_request("the chat is not a forum")
    if not messenger.chats.member(chat, BOT_ID).get("can_manage_topics"):
        raise bad_request(f"not enough rights to {wish}")
    return chat


def _topic(messenger: Messenger, args: Arguments, wish: str) -> tuple[Document, Document]:
    chat = _forum(messenger, args, wish)
    topic = messenger.chats.topic(chat, args.integer("message_thread_id"))
    if topic is None or topic.get("deleted"):
        raise bad_request("message thread not found")
    return chat, dict(topic)
