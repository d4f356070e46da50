"""Changing what was written."""

from typing import Any, Final

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.chats import Document
from sandbox.telegram.errors import bad_request
from sandbox.telegram.formatting import caption_content, formatted, text_content
from sandbox.telegram.keyboards import read_markup
from sandbox.telegram.media_calls import MEDIA, read_media
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.posting import reachable
from sandbox.telegram.world import BOT_ID

_SAME: Final = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
_SHOWN: Final = ("text", "entities", "caption", "caption_entities", "reply_markup",
                 "link_preview_options", *MEDIA)  # fmt: skip


def edit_message_text(messenger: Messenger, args: Arguments) -> Any:
    """Another text."""
    chat, record = _target(messenger, args)
    content = text_content(*formatted(args))
    if "text" not in record["message"]:
        raise bad_request("there is no text in the message to edit")
    options = args.document("link_preview_options")
    if isinstance(options, dict):
        content["link_preview_options"] = options
    elif args.flag("disable_web_page_preview"):
        content["link_preview_options"] = {"is_disabled": True}
    return _change(messenger, chat, record, args, content)


def edit_message_caption(messenger: Messenger, args: Arguments) -> Any:
    """Another caption."""
    chat, record = _target(messenger, args)
    message = record["message"]
    if not any(kind in message for kind in MEDIA):
        raise bad_request("there is no caption in the message to edit")
    content = {kind: message[kind] for kind in MEDIA if kind in message}
    content |= caption_content(*formatted(args, "caption", "caption_entities"))
    return _change(messenger, chat, record, args, content)


def edit_message_media(messenger: Messenger, args: Arguments) -> Any:
    """Another picture or file."""
    chat, record = _target(messenger, args)
    return _change(messenger, chat, record, args, read_media(messenger, args, "media"))


def edit_message_reply_markup(messenger: Messenger, args: Arguments) -> Any:
    """Other buttons, or none."""
    chat, record = _target(messenger, args)
    old = record["message"]
    content = {name: old[name] for name in _SHOWN if name in old and name != "reply_markup"}
    return _change(messenger, chat, record, args, content)


def _target(messenger: Messenger, args: Arguments) -> tuple[Document, Document]:
    inline = args.text("inline_message_id")
    if inline:
        where = messenger.store.get("inline_messages", inline[:200])
        if where is None:
            raise bad_request("MESSAGE_ID_INVALID")
        chat = messenger.chats.find(where["chat"])
        record = messenger.chats.find_message(chat, where["message"]) if chat else None
        if chat is None or record is None:
            raise bad_request("MESSAGE_ID_INVALID")
        return chat, record
    chat = messenger.chats.resolve(args.text("chat_id").strip())
    reachable(messenger, chat)
    number = args.integer("message_id")
    if not number:
        raise bad_request("message identifier is not specified")
    record = messenger.chats.find_message(chat, number)
    if record is None:
        raise bad_request("message to edit not found")
    is_service = not any(name in record["message"] for name in ("text", *MEDIA))
    may_edit = messenger.chats.member(chat, BOT_ID).get("can_edit_messages")
    if is_service or not (record["by_bot"] or (chat["type"] == "channel" and may_edit)):
        raise bad_request("message can't be edited")
    return chat, record


def _change(
    messenger: Messenger,
    chat: Document,
    record: Document,
    args: Arguments,
    content: dict[str, Any],
) -> Any:
    # A message sent through inline mode has no web_app buttons either.
    is_private = chat["type"] == "private" and not args.has("inline_message_id")
    markup = read_markup(args, is_private=is_private)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("message can't be edited")
    if markup:
        content["reply_markup"] = markup
    old = record["message"]
    if all(old.get(name) == content.get(name) for name in _SHOWN):
        raise bad_request(_SAME)
    message = messenger.chats.change_message(chat, record, content)
    return True if args.has("inline_message_id") else message
