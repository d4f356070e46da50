"""Changing a message by hand: whose it must be, and what stays of it."""

from typing import Any, Final

from sandbox.control import ControlError
from sandbox.telegram.chats import Document
from sandbox.telegram.formatting import CAPTION_MAX
from sandbox.telegram.media_calls import MEDIA

_WITHOUT_CAPTION: Final = frozenset({"sticker", "video_note"})
_KEPT: Final = (*MEDIA, "reply_markup", "link_preview_options")


def check_theirs(chat: Document, standing: Document, message: Document, who: int) -> None:
    """See that somebody may change a message: their own, or as an administrator a channel's.

    Args:
        chat: Where it stands.
        standing: How they stand there.
        message: What they change.
        who: They.

    Raises:
        ControlError: They may not.
    """
    if chat["type"] != "channel":
        if message.get("from", {}).get("id") != who:
            raise ControlError(403, "NOT_THEIRS", "they did not write this message")
        return
    is_allowed = standing["status"] == "creator" or (
        standing["status"] == "administrator" and standing.get("can_edit_messages")
    )
    if not is_allowed:
        words = "only administrators who may edit messages change a channel's"
        raise ControlError(403, "NOT_THEIRS", words)


def rewritten(message: Document, content: dict[str, Any]) -> dict[str, Any]:
    """What a message holds once its text, or the caption of its file, is another one.

    Raises:
        ControlError: It has neither, or the caption is too long.
    """
    kept: dict[str, Any] = {name: message[name] for name in _KEPT if name in message}
    if "text" in message:
        return {**kept, **content}
    if not any(kind in message for kind in MEDIA if kind not in _WITHOUT_CAPTION):
        raise ControlError(409, "NO_TEXT", "the message has neither a text nor a caption")
    if len(content["text"]) > CAPTION_MAX:
        raise ControlError(400, "TOO_LONG", f"a caption has {CAPTION_MAX} characters at most")
    if content["text"]:
        kept["caption"] = content["text"]
    if "entities" in content:
        kept["caption_entities"] = content["entities"]
    return kept
