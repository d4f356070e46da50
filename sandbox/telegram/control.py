"""Levers for tests, people and the phone page."""

import asyncio
import base64
import binascii
from typing import Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from sandbox.control import ControlError
from sandbox.telegram.acts import Acts, chat_instance, written
from sandbox.telegram.arguments import Upload
from sandbox.telegram.init_data import sign_init_data
from sandbox.telegram.messenger import Messenger
from sandbox.telegram.showing import chat_json

SHOWN: Final = 200
"""Messages of a chat that are shown unless more are asked for."""
_ANSWER_LOOK_S: Final = 0.02
_NUMBER_MAX: Final = 2**52


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class MessageOrder(_Order):
    """Somebody writes."""

    sender: int = Field(alias="from", gt=0, le=_NUMBER_MAX)
    chat: int | None = None
    thread: int | None = None
    text: str = Field(min_length=1, max_length=4096)
    reply_to: int | None = Field(default=None, alias="replyTo")
    language_code: str | None = Field(default=None, alias="languageCode", max_length=16)
    edit: int | None = None


class PressOrder(_Order):
    """Somebody presses a button."""

    sender: int = Field(alias="from", gt=0, le=_NUMBER_MAX)
    chat: int | None = None
    message_id: int = Field(alias="messageId")
    data: str = Field(max_length=64)
    wait_seconds: float = Field(default=0.0, alias="waitSeconds", ge=0, le=30)


class FileOrder(_Order):
    """Somebody sends a picture or a file."""

    sender: int = Field(alias="from", gt=0, le=_NUMBER_MAX)
    chat: int | None = None
    thread: int | None = None
    kind: Literal["photo", "document", "voice", "video", "sticker"] = "document"
    name: str = Field(default="file.bin", max_length=200)
    mime_type: str = Field(default="application/octet-stream", alias="mimeType", max_length=100)
    content: str = Field(max_length=28 * 1024 * 1024)
    caption: str = Field(default="", max_length=1024)
    reply_to: int | None = Field(default=None, alias="replyTo")


class InlineOrder(_Order):
    """Somebody types the bot's name in a chat."""

    sender: int = Field(alias="from", gt=0, le=_NUMBER_MAX)
    query: str = Field(default="", max_length=256)
    offset: str = Field(default="", max_length=64)
    chat_type: Literal["sender", "private", "group", "supergroup", "channel"] = Field(
        default="sender", alias="chatType"
    )
    wait_seconds: float = Field(default=0.0, alias="waitSeconds", ge=0, le=30)


class ChosenOrder(_Order):
    """Somebody sends a result of inline mode."""

    sender: int = Field(alias="from", gt=0, le=_NUMBER_MAX)
    query_id: str = Field(alias="queryId", max_length=64)
    result_id: str = Field(alias="resultId", max_length=64)
    chat: int | None = None


class PreparedOrder(_Order):
    """Somebody sends a message that a Mini App prepared."""

    sender: int = Field(alias="from", gt=0, le=_NUMBER_MAX)
    prepared_id: str = Field(alias="id", max_length=64)
    chat: int | None = None


class InitDataOrder(_Order):
    """Somebody opens the Mini App."""

    user_id: int = Field(alias="userId", gt=0, le=_NUMBER_MAX)
    start_param: str = Field(default="", alias="startParam", max_length=512)
    age_seconds: float = Field(default=0.0, alias="ageSeconds", ge=-(10**9), le=10**9)
    language_code: str | None = Field(default=None, alias="languageCode", max_length=16)
    query_id: str | bool | None = Field(default=None, alias="queryId")
    chat_instance: str | None = Field(default=None, alias="chatInstance", max_length=64)
    chat_type: str | None = Field(default=None, alias="chatType", max_length=16)


def create_control_router(messenger: Messenger) -> APIRouter:
    """Return the routes under /control/telegram that people's acts need."""
    router = APIRouter(prefix="/control/telegram", tags=["control"])
    acts = Acts(messenger)

    @router.post("/message")
    async def write(order: MessageOrder) -> dict[str, Any]:
        """Somebody writes to the bot, or in a group (`chat`, `thread`); `edit` changes a message."""
        if order.edit is not None:
            return {"ok": True, **acts.edit(order.sender, order.chat, order.edit, order.text)}
        content = written(order.text)
        if not content["text"]:
            raise ControlError(400, "EMPTY", "nobody can send a message without a text")
        sent = acts.write(
            order.sender, order.chat, content,
            thread=order.thread, reply_to=order.reply_to, language=order.language_code,
        )  # fmt: skip
        return {"ok": True, **sent}

    @router.post("/press")
    async def press(order: PressOrder) -> dict[str, Any]:
        """A button is pressed; with `waitSeconds` the bot's `answer` is waited for."""
        chat = order.chat if order.chat is not None else order.sender
        pressed = acts.press(order.sender, chat, order.message_id, order.data)
        answer = await _answer(messenger, pressed["queryId"], order.wait_seconds)
        return {"ok": True, **pressed, "answer": answer}

    @router.post("/file")
    async def send_file(order: FileOrder) -> dict[str, Any]:
        """Somebody sends a picture or a file; `content` is base64."""
        try:
            content = base64.b64decode(order.content, validate=True)
        except (binascii.Error, ValueError):
            raise ControlError(400, "BAD_CONTENT", "content must be base64") from None
        upload = Upload(order.name, order.mime_type, content)
        made = acts.send_file(order.kind, upload, order.caption)
        sent = acts.write(
            order.sender, order.chat, made, thread=order.thread, reply_to=order.reply_to
        )
        return {"ok": True, **sent}

    @router.post("/inline")
    async def ask_inline(order: InlineOrder) -> dict[str, Any]:
        """Somebody types `@bot query`; with `waitSeconds` the `answer` is waited for."""
        asked = acts.ask_inline(order.sender, order.query, order.offset, order.chat_type)
        answer = await _answer(messenger, asked["queryId"], order.wait_seconds)
        return {"ok": True, **asked, "answer": answer}

    @router.post("/inline/choose")
    async def choose_inline(order: ChosenOrder) -> dict[str, Any]:
        """Somebody sends one of the results."""
        chosen = acts.choose_inline(order.sender, order.query_id, order.result_id, order.chat)
        return {"ok": True, **chosen}

    @router.post("/prepared")
    async def send_prepared(order: PreparedOrder) -> dict[str, Any]:
        """Somebody sends the message that the Mini App prepared."""
        sent = acts.send_prepared(order.sender, order.prepared_id, order.chat)
        return {"ok": True, "inlineMessageId": sent}

    _add_readings(router, messenger, acts)
    return router


def _add_readings(router: APIRouter, messenger: Messenger, acts: Acts) -> None:
    @router.get("/query")
    async def show_query(id: str) -> dict[str, Any]:  # noqa: A002 - the name in the address
        """How the bot answered a press or an inline query; null while it did not."""
        query = messenger.queries.find(id[:64])
        if query is None:
            raise ControlError(404, "NO_QUERY", "there is no such query")
        return {"ok": True, "answer": query.get("answer")}

    @router.get("/chats")
    async def show_chats(chat: int | None = None, limit: int = SHOWN) -> dict[str, Any]:
        """Every chat with its messages as they stand now; `?chat=` and `?limit=` narrow it."""
        chosen = [acts.chat(chat)] if chat is not None else list(messenger.chats)
        limit = min(max(limit, 0), 1000)
        return {"ok": True, "chats": [chat_json(messenger, one, limit) for one in chosen]}

    @router.post("/init-data")
    async def make_init_data(order: InitDataOrder) -> dict[str, Any]:
        """What the Mini App is told, signed with the bot's token."""
        user = messenger.accounts.require(order.user_id, order.language_code)
        messenger.chats.private(order.user_id)
        query_id = order.query_id
        if query_id is True:
            query_id = messenger.queries.ask("web_app", user=order.user_id)
        instance = order.chat_instance
        if instance is None and not query_id:
            instance = chat_instance(order.user_id)
        about = {
            "query_id": query_id or "",
            "chat_instance": instance or "",
            "chat_type": order.chat_type or ("sender" if instance else ""),
            "start_param": order.start_param,
        }
        init_data = sign_init_data(user, order.age_seconds, about)
        return {"ok": True, "initData": init_data}


async def _answer(messenger: Messenger, query_id: str, seconds: float) -> Any:
    ends_at = asyncio.get_running_loop().time() + seconds
    while True:
        query = messenger.queries.find(query_id) or {}
        is_over = asyncio.get_running_loop().time() >= ends_at
        if "answer" in query or is_over or not await messenger.pause(_ANSWER_LOOK_S):
            return query.get("answer")
