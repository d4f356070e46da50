"""Telegram's stand-in forgets nothing when it is killed, and stays within bounds."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from sandbox.telegram.chats import MESSAGES_MAX
from sandbox.telegram.world import SUPPORT_GROUP
from tests.sandbox.conftest import LiveSandbox
from tests.sandbox.telegram_bot import ADA, BAO, Bot, bot_in
from tests.sandbox.test_telegram_webhook import hook
from tests.support.polling import PATIENCE_S


def connected(live: LiveSandbox) -> Bot:
    return Bot(httpx.AsyncClient(base_url=live.url, timeout=PATIENCE_S, trust_env=False))


async def seen(bot: Bot) -> Any:
    chats = (await bot.http.get("/control/telegram/chats")).json()
    return chats, await bot.call("getUpdates"), await bot.call("getMyCommands")


async def test_a_kill_forgets_neither_chats_nor_updates_nor_files(live: LiveSandbox) -> None:
    bot = connected(live)
    async with bot.http:
        await bot.call("setMyCommands", commands=[{"command": "buy", "description": "Buy"}])
        await bot.write(ADA, "/start", languageCode="ar")
        sent = await bot.call("sendMessage", chat_id=ADA, text="one")
        place = {"chat_id": ADA, "message_id": sent["message_id"]}
        await bot.call("editMessageText", **place, text="two")
        gone = await bot.call("sendMessage", chat_id=ADA, text="gone")
        await bot.call("deleteMessage", chat_id=ADA, message_id=gone["message_id"])
        await bot.call("createForumTopic", chat_id=SUPPORT_GROUP, name="Ada")
        await bot.control("block", user=BAO)
        file = await bot.control("file", **{"from": ADA, "content": "aGk=", "name": "hi.txt"})
        before = await seen(bot)
    live.end(by_kill=True)
    live.start()
    bot = connected(live)
    async with bot.http:
        assert await seen(bot) == before
        held = await bot.call("getFile", file_id=file["message"]["document"]["file_id"])
        content = await bot.http.get(f"/file/bot{bot.token}/{held['file_path']}")
        assert content.content == b"hi"
        later = await bot.call("sendMessage", chat_id=ADA, text="three")
        assert later["message_id"] > gone["message_id"]


async def test_what_was_not_pushed_is_pushed_after_a_restart(live: LiveSandbox) -> None:
    async with hook() as target:
        bot = connected(live)
        async with bot.http:
            await bot.call("setWebhook", url=target.url, secret_token="abc")
            await bot.control("faults", kind="down", seconds=3600)
            await bot.write(ADA, "kept")
        live.end(by_kill=True)
        assert target.seen == []
        live.start()
        await target.wait_for(1)
    assert target.texts == ["kept"]
    assert target.seen[0][0]["x-telegram-bot-api-secret-token"] == "abc"


async def test_old_messages_of_a_chat_are_forgotten() -> None:
    app = create_app(None)
    bot = bot_in(app)
    await bot.write(ADA, "first")
    # Straight into the store: it is its bound that is asked for.
    chats = app.telegram.messenger.chats
    chat = chats.private(ADA)
    user = chats.accounts.require(ADA)
    for number in range(MESSAGES_MAX):
        chats.keep_message(chats.make_message(chat, user, {"text": str(number)}))
    texts = [row["message"]["text"] for row in chats.messages(chat)]
    assert (len(texts), texts[0], texts[-1]) == (MESSAGES_MAX, "0", str(MESSAGES_MAX - 1))
    await bot.http.aclose()
    await app.close()


async def test_all_chats_together_are_bounded_too(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.telegram.chats.TOTAL_MAX", 3)
    for who in (ADA, ADA, BAO, BAO):
        await bot.write(who, "x")
    assert [len((await bot.chat(who))["messages"]) for who in (ADA, BAO)] == [0, 2]
    # A deleted message counts no more.
    deleted = (await bot.chat(BAO))["messages"][0]["messageId"]
    await bot.call("deleteMessage", chat_id=BAO, message_id=deleted)
    await bot.write(ADA, "y")
    await bot.write(ADA, "z")
    assert [len((await bot.chat(who))["messages"]) for who in (ADA, BAO)] == [2, 1]


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_reset_empties_the_directory_of_files(tmp_path: Path) -> None:
    app = create_app(tmp_path)
    bot = bot_in(app)
    await bot.control("file", **{"from": ADA, "content": "aGk="})
    folder = tmp_path / "telegram-files"
    assert len(names_in(folder)) == 1
    await bot.http.post("/control/reset")
    assert names_in(folder) == []
    await bot.http.aclose()
    await app.close()
