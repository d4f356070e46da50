"""What people do with their phones: each act changes chats and becomes an update of the bot."""

from typing import Any, Final

from sandbox.control import ControlError
from sandbox.telegram.arguments import Upload
from sandbox.telegram.chats import Document
from sandbox.telegram.entities import found_in, tidy
from sandbox.telegram.errors import Refused
from sandbox.telegram.media_calls import keep_upload, shown
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.query_calls import put_inline
from sandbox.telegram.rewriting import check_theirs, rewritten
from sandbox.telegram.topic_calls import COLORS, make_topic
from sandbox.telegram.world import BOT_ID, BOT_USERNAME, administrator, rights_in

TEXT_MAX: Final = 4096
_PRESENT: Final = ("creator", "administrator", "member", "restricted")


class Acts:
    """Carries out what somebody does."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger, self._chats = messenger, messenger.chats

    def write(
        self,
        who: int,
        where: int | None,
        content: dict[str, Any],
        *,
        thread: int | None = None,
        reply_to: int | None = None,
        language: str | None = None,
    ) -> dict[str, Any]:
        """Somebody sends a message; returns it with the id of its update.

        Raises:
            ControlError: There is no such chat, topic or message, or they cannot write there.
        """
        user = self._messenger.accounts.require(who, language)
        chat = self.room(who, where, content.get("text", ""))
        extra: dict[str, Any] = {}
        if thread:
            topic = self._chats.topic(chat, thread)
            if topic is None or topic.get("deleted"):
                raise ControlError(404, "NO_TOPIC", "there is no such topic in the chat")
            extra = self._chats.in_topic(chat, thread)
        if reply_to:
            record = self._chats.find_message(chat, reply_to)
            if record is None:
                raise ControlError(404, "NO_MESSAGE", "there is no such message to answer")
            answered = record["message"]
            extra["reply_to_message"] = {
                name: value for name, value in answered.items() if name != "reply_to_message"
            }
            if "message_thread_id" in answered:
                extra["message_thread_id"] = answered["message_thread_id"]
                extra["is_topic_message"] = True
        message = self._chats.make_message(chat, user, {**extra, **content})
        self._chats.keep_message(message)
        kind = "channel_post" if chat["type"] == "channel" else "message"
        update_id = None
        if self._is_heard(chat, message):
            update_id = self._messenger.updates.emit(kind, message, f"chat:{chat['id']}")
        return {"messageId": message["message_id"], "updateId": update_id, "message": message}

    def room(self, who: int, where: int | None, text: str = "") -> Document:
        """The chat that somebody writes in.

        Raises:
            ControlError: They cannot.
        """
        if where is None or where == who:
            chat = self._chats.private(who)
            if chat.get("deactivated"):
                raise ControlError(409, "DEACTIVATED", "the account was deleted")
            # The client's "Restart" button takes the block back and sends /start.
            if chat.get("blocked") and not text.startswith("/start"):
                words = "they blocked the bot: unblock it first, or have them send /start"
                raise ControlError(409, "BLOCKED", words)
            return self._messenger.open_private(who)
        chat = self.chat(where)
        if chat["type"] == "private":
            raise ControlError(403, "NOT_THEIRS", "somebody else's chat")
        if "moved_to" in chat:
            raise ControlError(409, "MOVED", f"the group is {chat['moved_to']} now")
        status = self._chats.member(chat, who)["status"]
        if chat["type"] == "channel" and status not in {"creator", "administrator"}:
            raise ControlError(403, "NOT_ADMINISTRATOR", "only administrators write in a channel")
        if status == "kicked":
            raise ControlError(403, "KICKED", "they were put out of the group")
        if status not in _PRESENT:
            self.stand(who, where, "member")
            chat = self.chat(where)
        return chat

    def chat(self, number: int) -> Document:
        """The chat with a number.

        Raises:
            ControlError: There is none.
        """
        chat = self._chats.find(number)
        if chat is None:
            raise ControlError(404, "NO_CHAT", "there is no such chat")
        return chat

    def record(self, chat: Document, message_id: int) -> Document:
        """What is kept of a message.

        Raises:
            ControlError: There is none.
        """
        record = self._chats.find_message(chat, message_id)
        if record is None:
            raise ControlError(404, "NO_MESSAGE", "there is no such message in the chat")
        return record

    def edit(self, who: int, where: int | None, message_id: int, text: str) -> dict[str, Any]:
        """Somebody changes their own message, or an administrator one of the channel.

        Raises:
            ControlError: It is not theirs, or has neither a text nor a caption.
        """
        chat = self.chat(where or who)
        record = self.record(chat, message_id)
        check_theirs(chat, self._chats.member(chat, who), record["message"], who)
        content = rewritten(record["message"], written(text))
        message = self._chats.change_message(chat, record, content)
        update_id = None
        # Of what it wrote itself the bot hears nothing, whoever changes it.
        if self._is_heard(chat, message) and not record["by_bot"]:
            kind = "edited_channel_post" if chat["type"] == "channel" else "edited_message"
            update_id = self._messenger.updates.emit(kind, message, f"chat:{chat['id']}")
        return {"messageId": message_id, "updateId": update_id}

    def press(self, who: int, where: int, message_id: int, data: str) -> dict[str, Any]:
        """Somebody presses a button, or has a client that says so.

        A message that was deleted can still stand on their screen: its press comes too.

        Raises:
            ControlError: There never was such a message, or they cannot see it.
        """
        chat = self.chat(where)
        if chat["type"] == "private" and where != who:
            raise ControlError(403, "NOT_THEIRS", "somebody else's chat")
        record = self._chats.find_message(chat, message_id)
        if record is None and not self._chats.was_given(chat, message_id):
            raise ControlError(404, "NO_MESSAGE", "there is no such message in the chat")
        query_id = self._messenger.queries.ask("callback", user=who)
        query: dict[str, Any] = {
            "id": query_id,
            "from": self._messenger.accounts.require(who),
            "chat_instance": chat_instance(chat["id"]),
            "data": data,
        }
        inline = self._inline_id(chat, message_id) if record and record.get("inline") else None
        if inline:
            query["inline_message_id"] = inline
        elif record is None:
            place = self._chats.to_json(chat)
            query["message"] = {"chat": place, "message_id": message_id, "date": 0}
        else:
            query["message"] = record["message"]
        line = f"callback:{who}"
        update_id = self._messenger.updates.emit("callback_query", query, line)
        return {"queryId": query_id, "updateId": update_id}

    def send_file(self, kind: str, upload: Upload, caption: str) -> dict[str, Any]:
        """The content of a message with a file.

        Raises:
            ControlError: It is not what its kind says.
        """
        try:
            row = keep_upload(self._messenger, kind, upload)
        except Refused as refusal:
            raise ControlError(400, "BAD_FILE", refusal.description) from None
        content = shown(kind, row)
        if caption:
            text = written(caption)
            content["caption"] = text["text"]
            if "entities" in text:
                content["caption_entities"] = text["entities"]
        return content

    def ask_inline(self, who: int, query: str, offset: str, chat_type: str) -> dict[str, Any]:
        """Somebody types the bot's name and a question, in whatever chat."""
        query_id = self._messenger.queries.ask("inline", user=who, query=query)
        self._chats.private(who)
        payload = {
            "id": query_id,
            "from": self._messenger.accounts.require(who),
            "chat_type": chat_type,
            "query": query,
            "offset": offset,
        }
        update_id = self._messenger.updates.emit("inline_query", payload, f"inline:{who}")
        return {"queryId": query_id, "updateId": update_id}

    def choose_inline(
        self, who: int, query_id: str, result_id: str, where: int | None
    ) -> dict[str, Any]:
        """Somebody sends one of the results into a chat of theirs.

        Raises:
            ControlError: The query was not answered, or has no such result.
        """
        query = self._messenger.queries.find(query_id) or {}
        results = (query.get("answer") or {}).get("results", [])
        result = next((one for one in results if one["id"] == result_id), None)
        if result is None:
            raise ControlError(404, "NO_RESULT", "the query has no such result")
        inline_id = put_inline(self._messenger, who, where or who, result)
        target = self._messenger.store.get("inline_messages", inline_id)
        payload = {
            "result_id": result_id,
            "from": self._messenger.accounts.require(who),
            "query": query.get("query", ""),
            **({"inline_message_id": inline_id} if "reply_markup" in result["message"] else {}),
        }
        line = f"inline:{who}"
        update_id = self._messenger.updates.emit("chosen_inline_result", payload, line)
        return {"inlineMessageId": inline_id, "messageId": target["message"], "updateId": update_id}

    def send_prepared(self, who: int, number: str, where: int | None) -> str:
        """Somebody sends what the bot prepared for their Mini App; returns its inline id.

        Raises:
            ControlError: There is no such message for them.
        """
        prepared = self._messenger.store.get("prepared", number)
        if prepared is None or prepared["user"] != who:
            raise ControlError(404, "NO_PREPARED", "there is no such prepared message for them")
        return put_inline(self._messenger, who, where or who, prepared["result"])

    def stand(
        self, who: int, where: int, status: str, rights: dict[str, bool] | None = None
    ) -> None:
        """Somebody joins, leaves, is put out or promoted; the bot itself too."""
        chat = self.chat(where)
        if chat["type"] == "private":
            raise ControlError(400, "BAD_CHAT", "a private chat has no members")
        old = self._chats.member_json(chat, who)
        usual = administrator(rights_in(chat)) if status == "administrator" else {}
        standing = {**usual, "status": status, **(rights or {})}
        if who == BOT_ID:
            chat["bot"] = standing
        else:
            chat.setdefault("members", {})[str(who)] = standing
        self._chats.keep(chat)
        by = who if status in {"member", "left"} and who != BOT_ID else _owner(chat)
        self._messenger.member_changed(chat, who, by, old)

    def make_topic(self, who: int, where: int, name: str) -> dict[str, Any]:
        """Somebody opens a topic."""
        chat = self.room(who, where)
        if not chat.get("is_forum"):
            raise ControlError(409, "NO_FORUM", "the chat has no topics")
        user = self._messenger.accounts.require(who)
        return make_topic(self._messenger, chat, user, name, COLORS[0])

    def _is_heard(self, chat: Document, message: dict[str, Any]) -> bool:
        """A bot that is no administrator of a group hears what is said to it, and no more."""
        if chat["type"] == "private":
            return True
        status = self._chats.member(chat, BOT_ID)["status"]
        if status in {"kicked", "left"}:
            return False
        if status == "administrator" or chat["type"] == "channel":
            return bool(status == "administrator")
        text: str = message.get("text", message.get("caption", ""))
        answered: Any = message.get("reply_to_message", {}).get("from", {}).get("id")
        return bool(text.startswith("/") or f"@{BOT_USERNAME}" in text or answered == BOT_ID)

    def _inline_id(self, chat: Document, message_id: int) -> str | None:
        target = {"chat": chat["id"], "message": message_id}
        rows = self._messenger.store.table("inline_messages")
        return next((key for key, row in rows.items() if row == target), None)


def written(text: str) -> dict[str, Any]:
    """The content of a text that somebody types; entities are found as clients find them."""
    text, _ = tidy(text.replace("\r", ""), [])
    spans = found_in(text, [])
    return {"text": text, **({"entities": spans} if spans else {})}


def chat_instance(chat: int) -> str:
    """The number by which a chat is told apart without saying which."""
    return str((chat * 6364136223846793005 + 1442695040888963407) % 2**63)


def _owner(chat: Document) -> int:
    for key, row in chat.get("members", {}).items():
        if row["status"] == "creator":
            return int(key)
    return BOT_ID
