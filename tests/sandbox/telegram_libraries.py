"""Two published libraries, unmodified, behind the few names in which they differ."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import aiogram
import telegram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    WebAppInfo,
)

from sandbox.telegram.world import TOKEN

Button = tuple[str, str, str]
"""Its text, its kind, and what the kind holds."""


class PythonTelegramBot:
    """python-telegram-bot."""

    name: Final = "python-telegram-bot"

    def __init__(self, bot: telegram.Bot) -> None:
        self.bot: Any = bot

    def keyboard(self, rows: Sequence[Sequence[Button]]) -> Any:
        button: Any = telegram.InlineKeyboardButton
        app = telegram.WebAppInfo
        made = [
            [button(text, **{kind: app(it) if kind == "web_app" else it}) for text, kind, it in row]
            for row in rows
        ]
        return telegram.InlineKeyboardMarkup(made)

    def upload(self, content: bytes, name: str) -> Any:
        return telegram.InputFile(content, filename=name)

    def article(self, number: str, title: str, text: str) -> Any:
        content = telegram.InputTextMessageContent(text, parse_mode="HTML")
        return telegram.InlineQueryResultArticle(number, title, content)

    async def download(self, file_id: str) -> bytes:
        file = await self.bot.get_file(file_id)
        return bytes(await file.download_as_bytearray())

    async def refusal(self, call: Any) -> tuple[str, str, int | None]:
        """What kind of refusal it takes an answer for, its words, and its number."""
        try:
            await call
        except telegram.error.RetryAfter as error:
            # Seconds, or what the library will say one day: the environment chooses.
            wait = error.retry_after
            seconds = wait if isinstance(wait, int) else int(wait.total_seconds())
            return "flood", error.message, seconds
        except telegram.error.ChatMigrated as error:
            return "moved", error.message, error.new_chat_id
        except telegram.error.Forbidden as error:
            return "forbidden", error.message, None
        except telegram.error.Conflict as error:
            return "conflict", error.message, None
        except telegram.error.BadRequest as error:
            return "bad request", error.message, None
        except telegram.error.NetworkError as error:
            return "network", error.message, None
        raise AssertionError


class Aiogram:
    """aiogram."""

    name: Final = "aiogram"

    def __init__(self, bot: aiogram.Bot) -> None:
        self.bot: Any = bot

    def keyboard(self, rows: Sequence[Sequence[Button]]) -> Any:
        made = [
            [
                InlineKeyboardButton.model_validate(
                    {"text": text, kind: WebAppInfo(url=value) if kind == "web_app" else value}
                )
                for text, kind, value in row
            ]
            for row in rows
        ]
        return InlineKeyboardMarkup(inline_keyboard=made)

    def upload(self, content: bytes, name: str) -> Any:
        return BufferedInputFile(content, name)

    def article(self, number: str, title: str, text: str) -> Any:
        content = InputTextMessageContent(message_text=text, parse_mode="HTML")
        return InlineQueryResultArticle(id=number, title=title, input_message_content=content)

    async def download(self, file_id: str) -> bytes:
        file = await self.bot.download(file_id)
        return bytes(file.read())

    async def refusal(self, call: Any) -> tuple[str, str, int | None]:
        """See the other library."""
        try:
            await call
        except TelegramRetryAfter as error:
            return "flood", error.message, error.retry_after
        except TelegramMigrateToChat as error:
            return "moved", error.message, error.migrate_to_chat_id
        except TelegramForbiddenError as error:
            return "forbidden", error.message, None
        except TelegramConflictError as error:
            return "conflict", error.message, None
        except TelegramNetworkError as error:
            return "network", error.message, None
        except TelegramAPIError as error:
            return "bad request", error.message, None
        raise AssertionError


Library = PythonTelegramBot | Aiogram


@asynccontextmanager
async def opened(name: str, url: str) -> AsyncIterator[Library]:
    """A library's bot that speaks to a sandbox."""
    if name == PythonTelegramBot.name:
        base, files = f"{url}/bot", f"{url}/file/bot"
        async with telegram.Bot(TOKEN, base_url=base, base_file_url=files) as bot:
            yield PythonTelegramBot(bot)
        return
    server = TelegramAPIServer.from_base(url)
    async with aiogram.Bot(TOKEN, session=AiohttpSession(api=server)) as other:
        yield Aiogram(other)
