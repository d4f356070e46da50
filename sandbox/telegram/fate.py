"""What befalls chats: people leave for good, groups move, rights are taken."""

from typing import Any, Final

from sandbox.control import ControlError
from sandbox.telegram.acts import Acts
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.topic_calls import drop_topic
from sandbox.telegram.world import (
    ADMINISTRATOR,
    BOT_ID,
    GROUP_RIGHTS,
    administrator,
    rights_in,
)

_FIRST_GROUP: Final = -4_000_000_000
_FIRST_SUPERGROUP: Final = -1_003_000_000_000


class Fate:
    """Carries out what no message says."""

    def __init__(self, messenger: Messenger, acts: Acts) -> None:
        self._messenger, self._chats, self._acts = messenger, messenger.chats, acts

    def delete_chat(self, who: int) -> int:
        """Somebody deletes the chat for both sides; returns how many messages went.

        They start anew when they write again. The bot can still write to them.
        """
        chat = self._acts.chat(who)
        records = self._chats.messages(chat)
        for record in records:
            self._chats.drop_message(chat, record["message"]["message_id"])
        return len(records)

    def deactivate(self, who: int, *, is_gone: bool) -> None:
        """Somebody deletes their account, or it turns out that they did not."""
        chat = self._chats.private(who)
        chat["deactivated"] = is_gone
        self._chats.keep(chat)

    def bot_stands(self, where: int, status: str, rights: dict[str, bool]) -> dict[str, Any]:
        """Change the bot's standing; rights that are not named stay as they are.

        Raises:
            ControlError: There is no such chat, or no such right.
        """
        chat = self._acts.chat(where)
        known = rights_in(chat)
        unknown = sorted(set(rights) - set(known) - {"can_send_messages"})
        if unknown:
            words = f"unknown rights {unknown}; there are: {', '.join(known)}"
            raise ControlError(400, "BAD_RIGHT", words)
        old = self._chats.member(chat, BOT_ID)
        kept: dict[str, bool] = dict(rights)
        if status == "administrator":
            was_one = old["status"] == "administrator"
            before = old if was_one else administrator(known)
            kept = {name: bool(before.get(name)) for name in known} | kept
        self._acts.stand(BOT_ID, where, status, kept)
        return self._chats.member(self._acts.chat(where), BOT_ID)

    def make_group(self, title: str, by: int, *, is_super: bool, is_forum: bool) -> dict[str, Any]:
        """Somebody makes a group with the bot in it, as an administrator."""
        counter = "supergroup" if is_super else "group"
        number = int(self._messenger.store.get("counters", counter) or 0) + 1
        self._messenger.store.put("counters", counter, number)
        chat: dict[str, Any] = {
            "id": (_FIRST_SUPERGROUP if is_super else _FIRST_GROUP) - number,
            "type": "supergroup" if is_super else "group",
            "title": title,
            "bot": {"status": "left"},
            "members": {str(by): {"status": "creator"}},
        }
        if is_forum and is_super:
            chat["is_forum"] = True
        self._chats.keep(chat)
        self._acts.stand(BOT_ID, chat["id"], "administrator", _all(GROUP_RIGHTS))
        return self._acts.chat(chat["id"])

    def migrate(self, where: int, *, is_forum: bool | None) -> int:
        """A group becomes a supergroup with another number; returns that.

        Messages and topics stay behind. What comes next is refused with `migrate_to_chat_id`.

        Raises:
            ControlError: It is no group, or has moved before.
        """
        old = self._acts.chat(where)
        if old["type"] not in {"group", "supergroup"} or "moved_to" in old:
            raise ControlError(409, "NO_GROUP", "only a group that has not moved can move")
        number = int(self._messenger.store.get("counters", "supergroup") or 0) + 1
        self._messenger.store.put("counters", "supergroup", number)
        new = {
            **{name: value for name, value in old.items() if name not in {"pinned", "last_id"}},
            "id": _FIRST_SUPERGROUP - number,
            "type": "supergroup",
            "is_forum": old.get("is_forum", False) if is_forum is None else is_forum,
        }
        self._chats.keep(new)
        by = self._messenger.accounts.require(ADMINISTRATOR)
        for chat, note in (
            (old, {"migrate_to_chat_id": new["id"]}),
            (new, {"migrate_from_chat_id": old["id"]}),
        ):
            message = self._chats.make_message(chat, by, note)
            self._chats.keep_message(message)
            self._messenger.updates.emit("message", message, f"chat:{chat['id']}")
        old["moved_to"] = new["id"]
        self._chats.keep(old)
        return int(new["id"])

    def remove_topic(self, where: int, thread: int, words: str) -> None:
        """A topic vanishes, without a word to the bot.

        Raises:
            ControlError: There is none.
        """
        chat = self._acts.chat(where)
        if self._chats.topic(chat, thread) is None:
            raise ControlError(404, "NO_TOPIC", "there is no such topic in the chat")
        drop_topic(self._messenger, chat, thread, words)

    def close_topic(self, where: int, thread: int, *, is_closed: bool) -> None:
        """An administrator closes a topic, or opens it again.

        Raises:
            ControlError: There is none.
        """
        chat = self._acts.chat(where)
        topic = self._chats.topic(chat, thread)
        if topic is None or topic.get("deleted"):
            raise ControlError(404, "NO_TOPIC", "there is no such topic in the chat")
        self._chats.keep_topic(chat, {**topic, "closed": is_closed})
        note: dict[str, Any] = {"forum_topic_closed" if is_closed else "forum_topic_reopened": {}}
        by = self._messenger.accounts.require(ADMINISTRATOR)
        where_in = self._chats.in_topic(chat, thread)
        message = self._chats.make_message(chat, by, {**where_in, **note})
        self._chats.keep_message(message)
        self._messenger.updates.emit("message", message, f"chat:{chat['id']}")

    def web_app_data(self, who: int, data: str, button: str) -> dict[str, Any]:
        """A Mini App that a keyboard's button opened sends its data and closes."""
        content = {"web_app_data": {"data": data, "button_text": button}}
        return self._acts.write(who, None, content)


def _all(rights: tuple[str, ...]) -> dict[str, bool]:
    standing = administrator(rights)
    return {right: standing[right] for right in rights}
