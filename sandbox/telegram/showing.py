"""Chats as the control API and the phone show them."""

from typing import Any

from sandbox.telegram.chats import Document
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.world import BOT_ID

_MEDIA = ("photo", "document", "video", "audio", "voice", "animation", "sticker", "video_note")


def chat_json(messenger: Messenger, chat: Document, limit: int) -> dict[str, Any]:
    """One chat with its latest messages as they stand now."""
    chats = messenger.chats
    about = {
        **chats.to_json(chat),
        "bot": chats.member(chat, BOT_ID) if chat["type"] != "private" else None,
        "started": chat.get("started", True),
        "blocked": bool(chat.get("blocked")),
        "deactivated": bool(chat.get("deactivated")),
        "movedTo": chat.get("moved_to"),
        "members": chat.get("members"),
        "pinned": chat.get("pinned", []),
        "keyboard": chat.get("keyboard"),
    }
    messages = chats.messages(chat)[-limit:] if limit else []
    shown = {name: value for name, value in about.items() if value is not None}
    shown["messages"] = [message_json(record) for record in messages]
    if chat.get("is_forum"):
        shown["topics"] = [topic_json(topic) for topic in chats.topics(chat)]
    return shown


def topic_json(topic: Document) -> dict[str, Any]:
    """One topic."""
    return {
        "thread": topic["message_thread_id"],
        "name": topic["name"],
        "closed": bool(topic.get("closed")),
        "deleted": bool(topic.get("deleted")),
    }


def message_json(record: Document) -> dict[str, Any]:
    """One message: in short, with its earlier versions, and whole as the Bot API has it."""
    message = record["message"]
    text = message.get("text", message.get("caption", ""))
    media = next((kind for kind in _MEDIA if kind in message), None)
    short = {
        "messageId": message["message_id"],
        "from": message.get("from", {}).get("id"),
        "byBot": bool(record.get("by_bot")),
        "date": message["date"],
        "text": text,
        "thread": message.get("message_thread_id"),
        "replyTo": message.get("reply_to_message", {}).get("message_id"),
        "media": media,
        "fileId": _file_id(message, media),
        "buttons": buttons_of(message),
        "silent": bool(record.get("silent")),
        "edited": "edit_date" in message,
        "editCount": record.get("edit_count", 0),
        "edits": [
            {
                "text": old.get("text", old.get("caption", "")),
                "buttons": buttons_of(old),
                "date": old.get("edit_date"),
            }
            for old in record["edits"]
        ],
        "reactions": record.get("reactions", []),
        "message": message,
    }
    return {name: value for name, value in short.items() if value is not None}


def buttons_of(message: Document) -> list[list[dict[str, Any]]]:
    """Rows of inline buttons: `text` with `data`, `url`, `webApp` or another kind."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [[_button(button) for button in row] for row in rows]


def _button(button: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"text": button["text"]}
    if "callback_data" in button:
        found["data"] = button["callback_data"]
    if "url" in button:
        found["url"] = button["url"]
    if "web_app" in button:
        found["webApp"] = button["web_app"]["url"]
    if "copy_text" in button:
        found["copyText"] = button["copy_text"]["text"]
    for name, shown in (
        ("switch_inline_query", "switchInlineQuery"),
        ("switch_inline_query_current_chat", "switchInlineQueryCurrentChat"),
    ):
        if name in button:
            found[shown] = button[name]
    return found


def _file_id(message: Document, media: str | None) -> str | None:
    if media is None:
        return None
    file = message[media][-1] if media == "photo" else message[media]
    return str(file["file_id"])
