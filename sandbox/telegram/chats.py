"""Chats, their messages and topics, as documents of the store."""

import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sandbox.clock import SandboxClock
from sandbox.telegram.accounts import Accounts, without_language
from sandbox.telegram.errors import bad_request
from sandbox.telegram.store import Store
from sandbox.telegram.world import BOT_ID, BOT_USER, first_chats, rights_in

MESSAGES_MAX: Final = 1000
"""Kept of one chat; older ones are forgotten."""
TOTAL_MAX: Final = 200_000
"""Kept of all chats together; those of the chat that began first go first."""
CHATS_MAX: Final = 20_000
VERSIONS_MAX: Final = 20
"""Earlier states of a message that are kept."""

_PERSON: Final = ("id", "first_name", "last_name", "username")
_ROOM: Final = ("id", "title", "username", "type", "is_forum")
_MAY: Final = ("can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos",
               "can_send_videos", "can_send_video_notes", "can_send_voice_notes",
               "can_send_polls", "can_send_other_messages", "can_add_web_page_previews",
               "can_react_to_messages", "can_edit_tag", "can_change_info", "can_invite_users",
               "can_pin_messages", "can_manage_topics")  # fmt: skip

Document = dict[str, Any]


class Chats:
    """Every chat that the bot has to do with."""

    def __init__(self, store: Store, accounts: Accounts, clock: SandboxClock) -> None:
        self.store, self.accounts, self.clock = store, accounts, clock
        self._kept = 0
        self.begin()

    def begin(self) -> None:
        """Make the group and the channel where they are not, and count what is kept."""
        tables = self.store.tables("messages/")
        self._kept = sum(len(self.store.table(name)) for name in tables)
        for chat in first_chats():
            if self.store.get("chats", chat["id"]) is None:
                self.store.put("chats", chat["id"], chat)

    def __iter__(self) -> Iterator[Document]:
        """Every chat, the oldest first."""
        return iter(list(self.store.table("chats").values()))

    def find(self, number: int) -> Document | None:
        """The chat with a number, or None."""
        found: Document | None = self.store.get("chats", number)
        return found

    def resolve(self, name: str) -> Document:
        """The chat that a call names: a number or @username.

        Raises:
            Refused: There is none, or it has become a supergroup.
        """
        if not name:
            raise bad_request("chat_id is empty")
        chat = self._by_username(name[1:]) if name.startswith("@") else self.find(_number(name))
        if chat is None:
            raise bad_request("chat not found")
        if "moved_to" in chat:
            words = "group chat was upgraded to a supergroup chat"
            raise bad_request(words, migrate_to_chat_id=chat["moved_to"])
        return chat

    def private(self, number: int) -> Document:
        """The chat of somebody with the bot, made when there is none."""
        chat = self.find(number)
        if chat is None:
            self.accounts.require(number)
            chat = {"id": number, "type": "private", "started": False}
            self.store.put("chats", number, chat)
            if len(self.store.table("chats")) > CHATS_MAX:
                self._forget_oldest()
        return chat

    def keep(self, chat: Document) -> None:
        """Write a changed chat down."""
        self.store.put("chats", chat["id"], chat)

    def to_json(self, chat: Document) -> Document:
        """A chat as it stands in messages."""
        if chat["type"] == "private":
            user = self.accounts.require(chat["id"])
            named: Document = {name: user[name] for name in _PERSON if name in user}
            return {**named, "type": "private"}
        return {name: chat[name] for name in _ROOM if chat.get(name)}

    # ------------------------------------------------------------------ messages

    def next_message_id(self, chat: Document) -> int:
        """Supergroups and channels count by themselves; the rest of the world counts together."""
        if chat["type"] in {"supergroup", "channel"}:
            chat["last_id"] = chat.get("last_id", 0) + 1
            self.keep(chat)
            return int(chat["last_id"])
        last = int(self.store.get("counters", "message") or 0) + 1
        self.store.put("counters", "message", last)
        return last

    def was_given(self, chat: Document, message_id: int) -> bool:
        """Whether a message had this number, or a number of its kind was ever given."""
        is_own = chat["type"] in {"supergroup", "channel"}
        last = chat.get("last_id", 0) if is_own else self.store.get("counters", "message") or 0
        return 0 < message_id <= int(last)

    def make_message(
        self, chat: Document, sender: Mapping[str, Any], content: Document
    ) -> Document:
        """A new message, not kept yet."""
        origin: Document = {"from": dict(sender)}
        if chat["type"] == "channel":
            origin = {"sender_chat": self.to_json(chat)}
        elif sender["id"] == BOT_ID:
            origin = {"from": dict(BOT_USER)}
        return {
            "message_id": self.next_message_id(chat),
            **origin,
            "chat": self.to_json(chat),
            "date": int(time.time()),
            **content,
        }

    def keep_message(self, message: Document, **about: Any) -> None:
        """Keep a new message, with what the Bot API does not show of it."""
        table = f"messages/{message['chat']['id']}"
        is_bots = message.get("from", {}).get("id") == BOT_ID or about.get("by_bot", False)
        record = {
            "message": message,
            "at": self.clock.now(),
            **about,
            "by_bot": is_bots,
            "edits": [],
        }
        self.store.put(table, message["message_id"], record)
        self._kept += 1 - self.store.keep_latest(table, MESSAGES_MAX)
        if self._kept > TOTAL_MAX:
            oldest = next(name for name in self.store.tables("messages/") if name != table)
            self._kept -= self.store.keep_latest(oldest, 0)

    def find_message(self, chat: Document, message_id: int) -> Document | None:
        """What is kept of a message: `message`, `by_bot`, `edits`, or None."""
        found: Document | None = self.store.get(f"messages/{chat['id']}", message_id)
        return found

    def messages(self, chat: Document) -> list[Document]:
        """What is kept of a chat, the oldest first."""
        return list(self.store.table(f"messages/{chat['id']}").values())

    def change_message(self, chat: Document, record: Document, content: Document) -> Document:
        """Put new content into a message and remember the old one; returns the message."""
        old = record["message"]
        fixed = ("message_id", "from", "sender_chat", "chat", "date", "message_thread_id",
                 "is_topic_message", "reply_to_message", "via_bot", "media_group_id")  # fmt: skip
        kept = {name: old[name] for name in fixed if name in old}
        record["message"] = {**kept, "edit_date": int(time.time()), **content}
        shown = ("text", "caption", "reply_markup", "edit_date")
        version = {name: old[name] for name in shown if name in old}
        record["edits"] = [*record["edits"], version][-VERSIONS_MAX:]
        record["edit_count"] = record.get("edit_count", 0) + 1
        self.store.put(f"messages/{chat['id']}", old["message_id"], record)
        changed: Document = record["message"]
        return changed

    def drop_message(self, chat: Document, message_id: int) -> bool:
        """Delete a message; whether it was there."""
        was_there = self.store.drop(f"messages/{chat['id']}", message_id) is not None
        self._kept -= was_there
        return was_there

    # -------------------------------------------------------------------- topics

    def topic(self, chat: Document, thread: int) -> Document | None:
        """A topic of a forum, or None."""
        found: Document | None = self.store.get(f"topics/{chat['id']}", thread)
        return found

    def keep_topic(self, chat: Document, topic: Document) -> None:
        """Write a topic down."""
        self.store.put(f"topics/{chat['id']}", topic["message_thread_id"], topic)

    def topics(self, chat: Document) -> list[Document]:
        """The topics of a forum."""
        return list(self.store.table(f"topics/{chat['id']}").values())

    def in_topic(self, chat: Document, thread: int) -> Document:
        """What stands in every message of a topic: it answers the one that opened the topic."""
        opened = self.find_message(chat, thread)
        place: Document = {"message_thread_id": thread, "is_topic_message": True}
        if opened is not None:
            bare = {k: v for k, v in opened["message"].items() if k != "reply_to_message"}
            place["reply_to_message"] = bare
        return place

    # ------------------------------------------------------------------- members

    def member(self, chat: Document, number: int) -> Document:
        """How somebody stands in a chat: `status` and rights."""
        if number == BOT_ID:
            return dict(chat.get("bot", {"status": "member"}))
        return dict(chat.get("members", {}).get(str(number), {"status": "left"}))

    def member_json(self, chat: Document, number: int) -> Document:
        """The same as `getChatMember` tells it."""
        user = self.accounts.require(number)
        standing = self.member(chat, number)
        status = standing.pop("status")
        whole: Document = {"status": status, "user": without_language(user)}
        if status == "creator":
            whole["is_anonymous"] = False
        elif status == "administrator":
            none = dict.fromkeys(rights_in(chat), False)
            whole |= {"can_be_edited": False, "is_anonymous": False, **none, **standing}
        elif status == "kicked":
            whole["until_date"] = 0
        elif status == "restricted":
            whole |= {"is_member": True, "until_date": 0, **dict.fromkeys(_MAY, False), **standing}
        return whole

    def _by_username(self, username: str) -> Document | None:
        wanted = username.lower()
        for chat in self.store.table("chats").values():
            if chat["type"] != "private" and chat.get("username", "").lower() == wanted:
                found: Document = chat
                return found
        return None

    def _forget_oldest(self) -> None:
        for key, chat in self.store.table("chats").items():
            if chat["type"] == "private":
                self._kept -= self.store.keep_latest(f"messages/{key}", 0)
                self.store.drop("chats", key)
                return


def _number(name: str) -> int:
    try:
        return int(name[:20])
    except ValueError:
        return 0
