"""The whole way at the sandbox's Bot API: what people write there is handled, and answered there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from jiema_app.bootstrap_bot import Bot, build_bot
from jiema_app.bot.commands import calls_that_describe
from jiema_app.domain.telegram.updates import update_in
from jiema_app.integrations.telegram.api import open_bot
from sandbox.app import create_app
from tests.sandbox.telegram_bot import ADA
from tests.sandbox.telegram_bot import Bot as Levers
from tests.support.shop import Shop

QUEUED = "select exists (select from deliveries where state in ('QUEUED', 'SENDING'))"
REFUSED = "select array_agg(error) from deliveries where state not in ('SENT', 'QUEUED')"


@dataclass
class Telegram:
    """The sandbox's Telegram, and our bot at it."""

    shop: Shop
    bot: Bot
    levers: Levers

    async def work(self) -> None:
        """What workers do, until nothing is left to be done."""
        assert self.shop.services.telegram is not None
        while True:
            told = [update_in(one) for one in await self.levers.updates(timeout=0)]
            updates = [update for update in told if update is not None]
            await self.shop.services.telegram.inbox.store_all(updates)
            await self.bot.handling.run()
            await self.bot.following.look_for_what_is_behind()
            await self.bot.following.look_for_what_has_ended()
            await self.bot.sender.run(datetime.now(UTC))
            if not updates and not await self.shop.fetchval(QUEUED):
                return

    async def say(self, text: str) -> Any:
        await self.levers.write(ADA, text)
        await self.work()
        return await self.last()

    async def press(self, label: str, message: Any = None) -> Any:
        message = message or await self.last()
        data = next(
            button["callback_data"]
            for row in message["reply_markup"]["inline_keyboard"]
            for button in row
            if label in button["text"] and "callback_data" in button
        )
        await self.levers.press(ADA, message["message_id"], data)
        await self.work()
        return await self.last()

    async def messages(self) -> list[Any]:
        return [one["message"] for one in (await self.levers.chat(ADA))["messages"] if one["byBot"]]

    async def last(self) -> Any:
        return (await self.messages())[-1]


@pytest.fixture
async def telegram(shop: Shop) -> AsyncIterator[Telegram]:
    sandbox = create_app(None)
    transport = httpx.ASGITransport(app=sandbox)
    assert shop.services.telegram is not None
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://sandbox") as http,
        open_bot(shop.services.telegram.account, transport) as api,
    ):
        made = Telegram(shop, build_bot(shop.services, api, "test"), Levers(http))
        yield made
        assert await shop.fetchval(REFUSED) is None
    await sandbox.close()


async def test_from_the_first_words_to_a_second_code(shop: Shop, telegram: Telegram) -> None:
    assert "Welcome to jiema.my" in (await telegram.say("/start"))["text"]
    await shop.execute("update telegram_chats set place_checked_at = now()")
    await telegram.say("telegram malaysia")
    await telegram.press("Buy for")
    number = await shop.fetchval("select phone from orders")
    live = await telegram.last()
    assert number in live["text"]
    user = await shop.fetchval("select user_id from orders")
    page = await shop.services.orders.list_own(user, status=None, limit=1, cursor=None)
    await shop.deliver(page.orders[0], "Your code is 482913")
    await telegram.work()
    texts = [one["text"] for one in await telegram.messages()]
    assert sum("482913" in text for text in texts) == 2
    live = next(one for one in await telegram.messages() if one["message_id"] == live["message_id"])
    await telegram.press("Get another code", live)
    await shop.deliver(page.orders[0], "Code 771200")
    await telegram.work()
    assert "771200" in (await telegram.last())["text"]


async def test_every_screen_is_taken(shop: Shop, telegram: Telegram) -> None:
    await telegram.say("/start")
    await shop.execute("update telegram_chats set place_checked_at = now()")
    for said in (
        "/help", "/buy", "/orders", "/balance", "/invite", "/language", "/settings",
        "/support", "/cancel", "/nonsense", "telegram", "malaysia", "ma", "<b>&\u202e",
    ):  # fmt: skip
        assert (await telegram.say(said))["text"]


async def test_a_button_of_a_message_that_is_gone_buys_nothing_and_shows_its_price_anew(
    shop: Shop, telegram: Telegram
) -> None:
    await telegram.say("/start")
    await shop.execute("update telegram_chats set place_checked_at = now()")
    gone = await telegram.say("telegram malaysia")
    place = {"chat_id": ADA, "message_id": gone["message_id"]}
    await telegram.bot.api.call("deleteMessage", place)
    await telegram.press("Buy for", gone)
    assert not await shop.fetchval("select exists (select from orders)")
    again = await telegram.last()
    assert again["text"] == gone["text"]
    await telegram.press("Buy for", again)
    number = await shop.fetchval("select phone from orders")
    assert number in (await telegram.last())["text"]


async def test_a_query_in_any_chat_is_answered(telegram: Telegram) -> None:
    asked = await telegram.levers.control("inline", **{"from": ADA, "query": "telegram malaysia"})
    await telegram.work()
    http = telegram.levers.http
    answer = await http.get("/control/telegram/query", params={"id": asked["queryId"]})
    assert answer.json()["answer"]["results"][0]["title"].startswith("Telegram")


async def test_what_describes_the_bot_is_taken(telegram: Telegram) -> None:
    for call in calls_that_describe():
        assert await telegram.bot.api.call(call.method, call.arguments) is True
