"""Writing, editing, copying, deleting and pinning messages."""

from typing import Any, Final

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.chats import Document
from sandbox.telegram.errors import bad_request
from sandbox.telegram.formatting import caption_content, formatted, text_content
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.posting import destination, post, reachable
from sandbox.telegram.world import BOT_ID, BOT_USER

DELETABLE_S: Final = 48 * 3600
MANY: Final = 100
_NOT_COPIED: Final = ("message_id", "from", "sender_chat", "chat", "date", "edit_date", "via_bot",
                      "message_thread_id", "is_topic_message", "reply_to_message",
                      "reply_markup", "forward_origin")  # fmt: skip
_SERVICE: Final = ("forum_topic_created", "forum_topic_closed", "forum_topic_reopened",
                   "forum_topic_edited", "pinned_message", "migrate_to_chat_id",
                   "migrate_from_chat_id", "new_chat_members", "left_chat_member",
                   "new_chat_title", "web_app_data")  # fmt: skip
_ACTIONS: Final = frozenset({"typing", "upload_photo", "record_video", "upload_video",
                             "record_voice", "upload_voice", "upload_document", "choose_sticker",
                             "find_location", "record_video_note", "upload_video_note"})  # fmt: skip


def send_message(messenger: Messenger, args: Arguments) -> Any:
    """A text."""
    chat = destination(messenger, args)
    content = text_content(*formatted(args))
    return post(messenger, chat, args, {**content, **_preview(args)})


def _preview(args: Arguments) -> dict[str, Any]:
    options = args.document("link_preview_options")
    if isinstance(options, dict):
        return {"link_preview_options": options}
    if args.flag("disable_web_page_preview"):
        return {"link_preview_options": {"is_disabled": True}}
    return {}


def send_chat_action(messenger: Messenger, args: Arguments) -> Any:
    """The bot is typing."""
    destination(messenger, args)
    if args.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def copy_message(messenger: Messenger, args: Arguments) -> Any:
    """Somebody's message again, without a word of where it is from."""
    chat = destination(messenger, args)
    old = _source(messenger, args, args.integer("message_id"), "copy")
    if any(name in old for name in _SERVICE):
        raise bad_request("the message can't be copied")
    content = {name: value for name, value in old.items() if name not in _NOT_COPIED}
    if args.values.get("caption") is not None and "text" not in content:
        content = {k: v for k, v in content.items() if k not in {"caption", "caption_entities"}}
        content |= caption_content(*formatted(args, "caption", "caption_entities"))
    # A keyboard comes along only when the call brings one.
    return {"message_id": post(messenger, chat, args, content)["message_id"]}


def copy_messages(messenger: Messenger, args: Arguments) -> Any:
    """Several; those that are not there are passed over."""
    return _several(messenger, args, copy_message)


def forward_message(messenger: Messenger, args: Arguments) -> Any:
    """Somebody's message again, with where it is from."""
    chat = destination(messenger, args)
    old = _source(messenger, args, args.integer("message_id"), "forward")
    if any(name in old for name in _SERVICE) or old.get("has_protected_content"):
        raise bad_request("the message can't be forwarded")
    content = {name: value for name, value in old.items() if name not in _NOT_COPIED}
    origin: dict[str, Any] = old.get("forward_origin") or {
        "type": "channel" if "sender_chat" in old else "user",
        "date": old["date"],
        **(
            {"chat": old["sender_chat"], "message_id": old["message_id"]}
            if "sender_chat" in old
            else {"sender_user": old["from"]}
        ),
    }
    return post(messenger, chat, args, {"forward_origin": origin, **content})


def forward_messages(messenger: Messenger, args: Arguments) -> Any:
    """Several; those that are not there are passed over."""
    return _several(messenger, args, forward_message)


def _several(messenger: Messenger, args: Arguments, one: Any) -> list[dict[str, Any]]:
    numbers = _numbers(args)
    chat = messenger.chats.resolve(args.text("from_chat_id").strip())
    there = [number for number in numbers if messenger.chats.find_message(chat, number)]
    if not there:
        raise bad_request("message to copy not found" if one is copy_message else
                          "message to forward not found")  # fmt: skip
    sent = [one(messenger, Arguments({**args.values, "message_id": n})) for n in there]
    return [{"message_id": message["message_id"]} for message in sent]


def _numbers(args: Arguments) -> list[int]:
    listed = args.document("message_ids")
    if not isinstance(listed, list) or not all(isinstance(one, int) for one in listed):
        raise bad_request("can't parse message_ids JSON object")
    if not listed:
        raise bad_request("there are no messages to process")
    if len(listed) > MANY:
        raise bad_request("too many messages")
    return listed


def _source(messenger: Messenger, args: Arguments, number: int, verb: str) -> dict[str, Any]:
    chat = messenger.chats.resolve(args.text("from_chat_id").strip())
    record = messenger.chats.find_message(chat, number)
    if record is None:
        raise bad_request(f"message to {verb} not found")
    message: dict[str, Any] = record["message"]
    return message


def delete_message(messenger: Messenger, args: Arguments) -> Any:
    """One message."""
    chat = messenger.chats.resolve(args.text("chat_id").strip())
    reachable(messenger, chat)
    record = messenger.chats.find_message(chat, args.integer("message_id"))
    if record is None:
        raise bad_request("message to delete not found")
    if not _is_deletable(messenger, chat, record):
        raise bad_request("message can't be deleted")
    messenger.chats.drop_message(chat, args.integer("message_id"))
    return True


def delete_messages(messenger: Messenger, args: Arguments) -> Any:
    """Several; those that are not there are passed over."""
    chat = messenger.chats.resolve(args.text("chat_id").strip())
    reachable(messenger, chat)
    for number in _numbers(args):
        record = messenger.chats.find_message(chat, number)
        if record is not None and _is_deletable(messenger, chat, record):
            messenger.chats.drop_message(chat, number)
    return True


def _is_deletable(messenger: Messenger, chat: Document, record: Document) -> bool:
    if messenger.clock.now() - record["at"] > DELETABLE_S and chat["type"] != "channel":
        return False
    standing = messenger.chats.member(chat, BOT_ID)
    is_mine = bool(record["by_bot"]) or chat["type"] == "private"
    return is_mine or bool(standing.get("can_delete_messages"))


def pin_chat_message(messenger: Messenger, args: Arguments) -> Any:
    """Pin one; a service message says so, in the topic of what is pinned."""
    chat = _pinnable(messenger, args)
    record = messenger.chats.find_message(chat, args.integer("message_id"))
    if record is None:
        raise bad_request("message to pin not found")
    number = record["message"]["message_id"]
    pinned = [one for one in chat.get("pinned", []) if one != number]
    chat["pinned"] = [*pinned, number]
    messenger.chats.keep(chat)
    message = {k: v for k, v in record["message"].items() if k != "reply_to_message"}
    where = {k: message[k] for k in ("message_thread_id", "is_topic_message") if k in message}
    note = {**where, "pinned_message": message}
    messenger.tell_note(chat, messenger.chats.make_message(chat, BOT_USER, note))
    return True


def unpin_chat_message(messenger: Messenger, args: Arguments) -> Any:
    """Unpin one, or the latest."""
    chat = _pinnable(messenger, args)
    pinned = chat.get("pinned", [])
    number = args.integer("message_id") or (pinned[-1] if pinned else 0)
    if number not in pinned:
        raise bad_request("message to unpin not found")
    chat["pinned"] = [one for one in pinned if one != number]
    messenger.chats.keep(chat)
    return True


def unpin_all(messenger: Messenger, args: Arguments) -> Any:
    """Unpin all."""
    chat = _pinnable(messenger, args)
    chat["pinned"] = []
    messenger.chats.keep(chat)
    return True


def _pinnable(messenger: Messenger, args: Arguments) -> Document:
    chat = messenger.chats.resolve(args.text("chat_id").strip())
    reachable(messenger, chat)
    right = "can_edit_messages" if chat["type"] == "channel" else "can_pin_messages"
    if chat["type"] != "private" and not messenger.chats.member(chat, BOT_ID).get(right):
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat


def set_message_reaction(messenger: Messenger, args: Arguments) -> Any:
    """The bot's reaction; an empty list takes it back."""
    chat = messenger.chats.resolve(args.text("chat_id").strip())
    reachable(messenger, chat)
    record = messenger.chats.find_message(chat, args.integer("message_id"))
    if record is None:
        raise bad_request("message to react not found")
    wished = args.document("reaction") or []
    if not isinstance(wished, list) or len(wished) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    record["reactions"] = wished
    messenger.store.put(f"messages/{chat['id']}", record["message"]["message_id"], record)
    return True
