"""Messages as support reads them: raw, of any shape, from outside. Reading one never raises.

Their words are looked at only as far as it takes to tell a command.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

CONTENT: Final = frozenset(
    {
        "text", "photo", "document", "voice", "video", "audio", "animation", "sticker",
        "video_note", "location", "contact", "venue", "poll", "dice", "story", "paid_media",
    }
)  # fmt: skip
"""What makes a message one of a person; what has none of it tells of the chat itself."""

OTHERS: Final = frozenset({"forward_origin", "via_bot"})
"""What tells that its words are not those of whoever sent it."""

WORDS_MAX: Final = 4096
ALBUM_MAX: Final = 32
COMMAND_MAX: Final = 64

INTERNAL: Final = "//"


@dataclass(frozen=True, slots=True)
class Said:
    """A message.

    Attributes:
        author: Who wrote it, by their number; None of a channel, a bot, or somebody hidden.
        words: Its text, or what stands beneath its picture.
        version: 0, or when it was edited, in seconds since 1970.
        replies_to: The number of the message it answers.
        thread: The topic's number; None outside of one, and in the general topic.
        album: What the pictures of one album have in common; None of what is in none.
        is_others: Somebody else's words, handed on.
    """

    chat: int
    is_private: bool
    author: int | None
    message_id: int
    words: str
    version: int
    replies_to: int | None
    thread: int | None
    has_content: bool
    album: str | None
    is_others: bool

    @property
    def is_internal(self) -> bool:
        """Whether those who answer keep it to themselves."""
        return self.words.startswith(INTERNAL)

    @property
    def is_command(self) -> bool:
        """Whether it is meant for the bot."""
        return self.words.startswith("/") and not self.is_internal

    @property
    def command(self) -> tuple[str, str]:
        """The command, without its slash and the bot's name, and what follows it."""
        name, _, rest = self.words.partition(" ")
        return name[1:COMMAND_MAX].partition("@")[0].lower(), rest.strip()


def read_said(about: Mapping[str, Any]) -> Said | None:
    """A message of an update; None when it has not the shape of one."""
    chat = about.get("chat")
    message_id = _number(about.get("message_id"))
    chat_id = _number(chat.get("id")) if isinstance(chat, Mapping) else None
    if message_id is None or chat_id is None:
        return None
    album = about.get("media_group_id")
    words = about.get("text") or about.get("caption") or ""
    reply = about.get("reply_to_message")
    thread = _number(about.get("message_thread_id")) if about.get("is_topic_message") else None
    return Said(
        chat=chat_id,
        is_private=isinstance(chat, Mapping) and chat.get("type") == "private",
        author=author_in(about),
        message_id=message_id,
        words=words[:WORDS_MAX].strip() if isinstance(words, str) else "",
        version=_number(about.get("edit_date")) or 0,
        replies_to=_number(reply.get("message_id")) if isinstance(reply, Mapping) else None,
        thread=thread,
        has_content=not CONTENT.isdisjoint(about),
        album=None if album is None else "".join(filter(str.isalnum, str(album)[:ALBUM_MAX])),
        is_others=not OTHERS.isdisjoint(about),
    )


def author_in(about: Mapping[str, Any]) -> int | None:
    """Who wrote a message or pressed a button; None of a bot, and of who writes as a group."""
    person = about.get("from")
    if not isinstance(person, Mapping) or person.get("is_bot") or about.get("sender_chat"):
        return None
    return _number(person.get("id"))


def _number(value: object) -> int | None:
    return value if type(value) is int and abs(value) < 2**63 else None
