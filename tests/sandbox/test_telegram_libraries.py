"""python-telegram-bot and aiogram, unmodified, over real sockets, in the same scenarios."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiogram
import httpx
import pytest
import telegram.ext
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from sandbox.telegram.world import CHANNEL, SUPPORT_GROUP, TOKEN
from tests.sandbox.conftest import LiveSandbox
from tests.sandbox.telegram_bot import Bot
from tests.sandbox.telegram_libraries import Aiogram, Library, PythonTelegramBot, opened
from tests.support.polling import PATIENCE_S, until, until_told
from tests.support.ports import free_port

SECRET = "s3cret_Token-1"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSandbox]:
    """One sandbox for all scenarios: each begins with a reset."""
    sandbox = LiveSandbox(tmp_path_factory.mktemp("telegram"), free_port())
    sandbox.start()
    yield sandbox
    assert "Error" not in sandbox.end(by_kill=False)


@dataclass
class Stage:
    """A library's bot, and the people around it."""

    library: Library
    world: Bot
    url: str

    @property
    def bot(self) -> Any:
        return self.library.bot

    async def updates(self) -> list[Any]:
        found = await self.bot.get_updates(timeout=0)
        if found:
            await self.bot.get_updates(offset=found[-1].update_id + 1, timeout=0)
        return list(found)


@pytest.fixture(params=[PythonTelegramBot.name, Aiogram.name])
async def stage(
    request: pytest.FixtureRequest, served: LiveSandbox, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else python-telegram-bot warns of its next version
    http = httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_S, trust_env=False)
    async with http, opened(request.param, served.url) as library:
        (await http.post("/control/reset")).raise_for_status()
        yield Stage(library, Bot(http), served.url)


async def test_it_knows_itself_and_describes_itself(stage: Stage) -> None:
    me = await stage.bot.get_me()
    assert (me.username, me.supports_inline_queries, me.is_bot) == ("jiema_my_bot", True, True)
    await stage.bot.set_my_description(description="Numbers", language_code="de")
    assert (await stage.bot.get_my_description(language_code="de")).description == "Numbers"
    await stage.bot.set_my_name(name="jiema")
    assert (await stage.bot.get_my_name()).name == "jiema"
    await stage.bot.set_my_short_description(short_description="n")
    assert (await stage.bot.get_my_short_description()).short_description == "n"
    await stage.bot.set_chat_menu_button()
    assert (await stage.bot.get_chat_menu_button()).type == "commands"
    assert await stage.bot.get_my_commands() in ((), [])
    assert await stage.bot.delete_my_commands() is True


async def test_it_writes_edits_and_hears_a_press(stage: Stage) -> None:
    await stage.world.write(7001, "/start REF")
    (began,) = await stage.updates()
    assert began.message.text == "/start REF"
    assert began.message.entities[0].type == "bot_command"
    keyboard = stage.library.keyboard(
        [[("Buy", "callback_data", "buy:1"), ("Open", "web_app", "https://jiema.my/tg")]]
    )
    sent = await stage.bot.send_message(
        chat_id=7001, text="<b>Hello</b> <code>+60</code>", parse_mode="HTML", reply_markup=keyboard
    )
    assert (sent.text, [one.type for one in sent.entities]) == ("Hello +60", ["bold", "code"])
    assert sent.reply_markup.inline_keyboard[0][0].callback_data == "buy:1"
    pressing = asyncio.create_task(
        stage.world.press(7001, sent.message_id, "buy:1", waitSeconds=30)
    )
    updates: list[Any] = []
    while not updates:
        updates = await stage.updates()
    query = updates[0].callback_query
    assert (query.data, query.message.message_id) == ("buy:1", sent.message_id)
    await stage.bot.answer_callback_query(callback_query_id=query.id, text="Bought")
    assert (await pressing)["answer"]["text"] == "Bought"
    place = {"chat_id": 7001, "message_id": sent.message_id}
    changed = await stage.bot.edit_message_text(text="Bought", **place)
    assert changed.text == "Bought"
    for call, words in (
        (stage.bot.edit_message_text(text="Bought", **place), "message is not modified"),
        (
            stage.bot.edit_message_text(text="x", chat_id=7001, message_id=99999),
            "message to edit not found",
        ),
        (stage.bot.answer_callback_query(callback_query_id=query.id), "query is too old"),
        (
            stage.bot.send_message(chat_id=7001, text="<b>", parse_mode="HTML"),
            "can't parse entities",
        ),
        (stage.bot.send_message(chat_id=7002, text="x"), "chat not found"),
    ):
        kind, said, _ = await stage.library.refusal(call)
        assert kind == "bad request"
        assert words in said.lower().replace("bad request: ", "")


async def test_it_understands_who_is_gone_and_where_a_group_went(stage: Stage) -> None:
    await stage.world.write(7001, "/start")
    await stage.world.control("block", user=7001)
    kind, words, _ = await stage.library.refusal(stage.bot.send_message(chat_id=7001, text="x"))
    assert (kind, "blocked by the user" in words) == ("forbidden", True)
    await stage.world.control("block", user=7001, blocked=False)
    await stage.world.control("deactivate", user=7001)
    kind, words, _ = await stage.library.refusal(stage.bot.send_message(chat_id=7001, text="x"))
    assert (kind, "deactivated" in words) == ("forbidden", True)
    changes = [one.my_chat_member.new_chat_member.status for one in (await stage.updates())[1:]]
    assert changes == ["kicked", "member"]
    group = (await stage.world.control("group"))["chat"]
    new = (await stage.world.control("migrate", chat=group))["newChat"]
    kind, _, number = await stage.library.refusal(stage.bot.send_message(chat_id=group, text="x"))
    assert (kind, number) == ("moved", new)


async def test_it_is_told_to_wait(stage: Stage) -> None:
    await stage.world.write(7001, "/start")
    await stage.world.control("faults", method="sendMessage", kind="http429", retryAfter=7)
    kind, _, seconds = await stage.library.refusal(stage.bot.send_message(chat_id=7001, text="x"))
    assert (kind, seconds) == ("flood", 7)
    await stage.world.control("rates", enforced=True, reset=True)
    await stage.bot.send_message(chat_id=7001, text="first")
    kind, _, seconds = await stage.library.refusal(stage.bot.send_message(chat_id=7001, text="x"))
    assert (kind, seconds) == ("flood", 1)


@pytest.mark.parametrize("kind", ["timeout_after_doing", "drop", "http502_after", "down"])
async def test_it_takes_what_breaks_for_the_network(stage: Stage, kind: str) -> None:
    await stage.world.write(7001, "/start")
    seconds = 60 if kind == "down" else 0.2
    await stage.world.control("faults", kind=kind, seconds=seconds)
    found, _, _ = await stage.library.refusal(stage.bot.send_message(chat_id=7001, text="x"))
    # aiogram has a kind of its own for 5xx, which is no network error.
    is_status = kind in {"http502_after", "down"}
    assert found == ("bad request" if is_status and stage.library.name == "aiogram" else "network")
    await stage.world.control("faults", kind="down", seconds=0)
    await stage.bot.send_message(chat_id=7001, text="y")


async def test_it_relays_by_topics(stage: Stage) -> None:
    topic = await stage.bot.create_forum_topic(chat_id=SUPPORT_GROUP, name="Ada")
    place = {"chat_id": SUPPORT_GROUP, "message_thread_id": topic.message_thread_id}
    question = await stage.world.write(7001, "where is my code?")
    await stage.updates()
    copied = await stage.bot.copy_message(
        from_chat_id=7001, message_id=question["messageId"], **place
    )
    answer = await stage.world.write(
        700000001, "on its way", chat=SUPPORT_GROUP, thread=topic.message_thread_id,
        replyTo=copied.message_id,
    )  # fmt: skip
    (update,) = await stage.updates()
    assert update.message.message_thread_id == topic.message_thread_id
    assert update.message.is_topic_message is True
    assert update.message.reply_to_message.message_id == copied.message_id
    await stage.bot.copy_message(
        chat_id=7001, from_chat_id=SUPPORT_GROUP, message_id=answer["messageId"]
    )
    assert (await stage.world.chat(7001))["messages"][-1]["text"] == "on its way"
    await stage.bot.edit_forum_topic(**place, name="Ada, closed")
    assert await stage.bot.close_forum_topic(**place) is True
    assert await stage.bot.reopen_forum_topic(**place) is True
    assert await stage.bot.delete_forum_topic(**place) is True
    call = stage.bot.send_message(**place, text="x")
    kind, words, _ = await stage.library.refusal(call)
    assert (kind, "message thread not found" in words.lower()) == ("bad request", True)


async def test_files_go_both_ways(stage: Stage) -> None:
    await stage.world.write(7001, "/start")
    sent = await stage.bot.send_document(
        chat_id=7001, document=stage.library.upload(b"a,b", "report.csv"), caption="here"
    )
    assert (sent.document.file_name, sent.caption) == ("report.csv", "here")
    assert await stage.library.download(sent.document.file_id) == b"a,b"
    again = await stage.bot.send_document(chat_id=7001, document=sent.document.file_id)
    assert again.document.file_unique_id == sent.document.file_unique_id
    theirs = await stage.world.control("file", **{"from": 7001, "name": "x.txt", "content": "aGk="})
    assert await stage.library.download(theirs["message"]["document"]["file_id"]) == b"hi"


async def test_it_posts_in_the_channel_and_asks_who_is_there(stage: Stage) -> None:
    post = await stage.bot.send_message(chat_id="@jiema_my", text="news")
    assert (post.chat.id, post.sender_chat.id) == (CHANNEL, CHANNEL)
    changed = await stage.bot.edit_message_text(
        chat_id=CHANNEL, message_id=post.message_id, text="newer"
    )
    assert changed.text == "newer"
    await stage.bot.pin_chat_message(chat_id=CHANNEL, message_id=post.message_id)
    chat = await stage.bot.get_chat(chat_id=CHANNEL)
    assert chat.pinned_message.text == "newer"
    await stage.world.write(7001, "/start")
    for status in ("member", "left", "kicked", "restricted"):
        await stage.world.control("member", chat=CHANNEL, user=7001, status=status)
        member = await stage.bot.get_chat_member(chat_id=CHANNEL, user_id=7001)
        assert member.status == status
    administrators = await stage.bot.get_chat_administrators(chat_id=SUPPORT_GROUP)
    assert sorted(one.status for one in administrators) == ["administrator", "creator"]
    assert await stage.bot.get_chat_member_count(chat_id=SUPPORT_GROUP) == 2
    await stage.world.control("rights", chat=CHANNEL, rights={"can_post_messages": False})
    call = stage.bot.send_message(chat_id=CHANNEL, text="x")
    kind, words, _ = await stage.library.refusal(call)
    assert (kind, "need administrator rights" in words.lower()) == ("bad request", True)


async def test_it_answers_in_inline_mode(stage: Stage) -> None:
    asked = await stage.world.control("inline", **{"from": 7001, "query": "telegram"})
    (update,) = await stage.updates()
    assert update.inline_query.query == "telegram"
    article = stage.library.article("1", "Telegram", "<b>0.20</b>")
    await stage.bot.answer_inline_query(inline_query_id=update.inline_query.id, results=[article])
    chosen = {"from": 7001, "queryId": asked["queryId"], "resultId": "1"}
    await stage.world.control("inline/choose", **chosen)
    (update,) = await stage.updates()
    assert update.chosen_inline_result.result_id == "1"
    assert (await stage.world.chat(7001))["messages"][-1]["text"] == "0.20"


async def test_nobody_polls_beside_a_webhook(stage: Stage) -> None:
    url = f"http://127.0.0.1:{free_port()}/hook"
    await stage.bot.set_webhook(url=url, secret_token=SECRET, max_connections=10)
    info = await stage.bot.get_webhook_info()
    assert (info.url, info.max_connections, info.pending_update_count) == (url, 10, 0)
    kind, _, _ = await stage.library.refusal(stage.bot.get_updates(timeout=0))
    assert kind == "conflict"
    assert await stage.bot.delete_webhook(drop_pending_updates=True) is True
    await stage.updates()


async def test_python_telegram_bot_polls_with_its_own_updater(served: LiveSandbox) -> None:
    heard: list[str] = []

    async def hear(update: telegram.Update, _context: Any) -> None:
        assert update.message is not None
        heard.append(update.message.text or "")
        await update.message.reply_text("heard")

    builder = telegram.ext.Application.builder().token(TOKEN)
    application = (
        builder.base_url(f"{served.url}/bot").base_file_url(f"{served.url}/file/bot").build()
    )
    application.add_handler(telegram.ext.MessageHandler(telegram.ext.filters.TEXT, hear))
    http = httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_S, trust_env=False)
    async with http, application:
        world = Bot(http)
        (await http.post("/control/reset")).raise_for_status()
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(timeout=5)
        await world.write(7001, "/start")
        await world.write(7001, "again")
        await until(lambda: heard == ["/start", "again"])
        await application.updater.stop()
        await application.stop()
        assert [row["text"] for row in (await world.chat(7001))["messages"]][-1] == "heard"


async def test_aiogram_polls_with_its_own_dispatcher(served: LiveSandbox) -> None:
    heard: list[str] = []
    dispatcher = aiogram.Dispatcher()

    @dispatcher.message()
    async def hear(message: aiogram.types.Message) -> None:
        await message.answer("heard")
        heard.append(message.text or "")  # stopping does not wait for what is being said

    http = httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_S, trust_env=False)
    session = AiohttpSession(api=TelegramAPIServer.from_base(served.url))
    async with http, aiogram.Bot(TOKEN, session=session) as bot:
        world = Bot(http)
        (await http.post("/control/reset")).raise_for_status()
        polling = asyncio.create_task(
            dispatcher.start_polling(bot, handle_signals=False, polling_timeout=5)
        )
        await world.write(7001, "/start")
        await until(lambda: heard == ["/start"])
        await dispatcher.stop_polling()
        await polling
        assert (await world.chat(7001))["messages"][-1]["text"] == "heard"


async def test_aiogram_is_pushed_to_at_its_own_webhook(served: LiveSandbox) -> None:
    dispatcher = aiogram.Dispatcher()

    @dispatcher.message()
    async def hear(message: aiogram.types.Message) -> Any:
        return message.answer(f"you said {message.text}")  # goes into the webhook's answer

    http = httpx.AsyncClient(base_url=served.url, timeout=PATIENCE_S, trust_env=False)
    session = AiohttpSession(api=TelegramAPIServer.from_base(served.url))
    async with http, aiogram.Bot(TOKEN, session=session) as bot:
        world = Bot(http)
        (await http.post("/control/reset")).raise_for_status()
        application = web.Application()
        handler = SimpleRequestHandler(
            dispatcher, bot, handle_in_background=False, secret_token=SECRET
        )
        handler.register(application, path="/hook")
        runner = web.AppRunner(application)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            forged = await http.post(f"http://127.0.0.1:{port}/hook", json={"update_id": 1})
            assert forged.status_code == 401
            await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token=SECRET)
            await world.write(7001, "hello")

            async def is_answered() -> bool:
                shown = (await world.chat(7001))["messages"]
                return bool(shown[-1]["text"] == "you said hello")

            await until_told(is_answered)
        finally:
            await bot.delete_webhook()
            await runner.cleanup()


async def test_whoever_polls_is_let_go_when_the_sandbox_stops(live: LiveSandbox) -> None:
    with socket.create_connection(("127.0.0.1", live.port)) as polling:
        request = f"GET /bot{TOKEN}/getUpdates?timeout=50 HTTP/1.1\r\nHost: x\r\n\r\n"
        polling.sendall(request.encode())
        http = httpx.AsyncClient(base_url=live.url, timeout=PATIENCE_S, trust_env=False)
        async with http:
            with suppress(httpx.HTTPError):
                await http.get("/healthz")
        printed = live.end(by_kill=False)
    assert "Traceback" not in printed
