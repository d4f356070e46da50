"""Telegram's stand-in: pushing updates to a webhook, as Telegram does it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.sandbox.telegram_bot import ADA, BAO, Bot
from tests.support.polling import PATIENCE_S, until_told

SECRET = "s3cret_Token-1"


@dataclass
class Hook:
    """A server that answers with the given statuses and bodies, then 200."""

    answers: list[tuple[int, str]] = field(default_factory=list)
    seen: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    open_now: int = 0
    most_open: int = 0
    pause_s: float = 0.0
    serving: set[asyncio.Task[Any]] = field(default_factory=set)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        try:
            await self.answer(reader, writer)
        except asyncio.CancelledError:
            pass  # the test is over
        finally:
            self.serving.discard(task)
            writer.close()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        await asyncio.sleep(self.pause_s)
        status, said = self.answers.pop(0) if self.answers else (200, "")
        self.open_now -= 1
        if status:
            kind = "content-type: application/json"
            lines = (
                f"HTTP/1.1 {status} X",
                kind,
                f"content-length: {len(said)}",
                "connection: close",
            )
            writer.write(("\r\n".join(lines) + "\r\n\r\n" + said).encode())
            await writer.drain()
        writer.close()
        async with self.arrived:
            self.seen.append((headers, body))
            self.arrived.notify_all()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_S), self.arrived:
            await self.arrived.wait_for(lambda: len(self.seen) >= count)

    @property
    def texts(self) -> list[str]:
        return [body["message"]["text"] for _, body in self.seen]


@asynccontextmanager
async def hook(*answers: tuple[int, str]) -> AsyncIterator[Hook]:
    target = Hook(list(answers))
    server = await asyncio.start_server(target.serve, "127.0.0.1", 0)
    target.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield target
    finally:
        server.close()
        for task in list(target.serving):
            task.cancel()
        await asyncio.gather(*target.serving, return_exceptions=True)
        await server.wait_closed()


async def settled(bot: Bot) -> Any:
    """The webhook's info, once nothing is pending."""

    async def is_settled() -> bool:
        return not (await bot.call("getWebhookInfo"))["pending_update_count"]

    await until_told(is_settled)
    return await bot.call("getWebhookInfo")


async def test_updates_are_pushed_with_the_secret(bot: Bot) -> None:
    await bot.write(ADA, "before")
    async with hook() as target:
        same = {"url": target.url, "secret_token": SECRET, "max_connections": 7}
        answer = await bot.ask("setWebhook", **same)
        assert answer.json() == {"ok": True, "result": True, "description": "Webhook was set"}
        again = await bot.ask("setWebhook", **same)
        assert again.json()["description"] == "Webhook is already set"
        await bot.write(ADA, "after")
        await target.wait_for(2)
        info = await settled(bot)
        anew = await bot.ask("setWebhook", **same, drop_pending_updates=True)
        assert anew.json()["description"] == "Webhook was set"
    assert target.texts == ["before", "after"]
    headers, body = target.seen[0]
    assert headers["x-telegram-bot-api-secret-token"] == SECRET.lower()
    assert headers["content-type"] == "application/json"
    assert body["update_id"] + 1 == target.seen[1][1]["update_id"]
    assert (info["url"], info["max_connections"]) == (target.url, 7)
    assert "last_error_message" not in info


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "http://shop.example/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://shop.example:8080/hook"},
         "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ({"url": "https://shop.example/", "secret_token": "a b"},
         "secret token contains unallowed characters"),
        ({"url": "https://shop.example/", "secret_token": "x" * 257}, "secret token is too long"),
    ],
)  # fmt: skip
async def test_a_webhook_that_is_refused(bot: Bot, params: dict[str, Any], words: str) -> None:
    assert await bot.refusal("setWebhook", **params) == f"Bad Request: {words}"


async def test_what_is_not_taken_is_sent_again_in_order(bot: Bot) -> None:
    await bot.control("webhook", firstPause=0, longestPause=0)
    async with hook((500, ""), (302, ""), (0, "")) as target:
        await bot.call("setWebhook", url=target.url)
        for text in ("one", "two", "three"):
            await bot.write(ADA, text)
        info = await settled(bot)
    assert target.texts == ["one", "one", "one", "one", "two", "three"]
    assert info["last_error_message"] in {
        "Wrong response from the webhook: 302 X", "Connection reset by peer",
    }  # fmt: skip
    assert info["last_error_date"] > 0


async def test_one_chat_that_fails_holds_up_no_other(bot: Bot) -> None:
    await bot.control("webhook", firstPause=600, longestPause=600)
    # The first failure is followed by no pause, the second is.
    async with hook((500, ""), (500, "")) as target:
        await bot.call("setWebhook", url=target.url)
        await bot.write(ADA, "stuck")
        await target.wait_for(2)
        await bot.write(ADA, "behind it")
        await bot.write(BAO, "free")
        await target.wait_for(3)
        assert target.texts == ["stuck", "stuck", "free"]

        async def is_one_stuck() -> bool:
            return bool((await bot.call("getWebhookInfo"))["pending_update_count"] == 2)

        await until_told(is_one_stuck)
        # New timings begin anew: whoever waited is sent at once.
        await bot.control("webhook", firstPause=0, longestPause=0)
        await settled(bot)
        assert target.texts == ["stuck", "stuck", "free", "stuck", "behind it"]


async def test_a_silent_webhook_is_left_and_asked_again(bot: Bot) -> None:
    await bot.control("webhook", answerWithin=0.05, firstPause=0, longestPause=0)
    async with hook() as target:
        target.pause_s = 30
        await bot.call("setWebhook", url=target.url)
        await bot.write(ADA, "patience")

        async def is_told() -> bool:
            info = await bot.call("getWebhookInfo")
            return bool(info.get("last_error_message") == "Read timeout expired")

        await until_told(is_told)
        assert (await bot.call("getWebhookInfo"))["pending_update_count"] == 1
        await bot.call("deleteWebhook", drop_pending_updates=True)
        assert (await bot.call("getWebhookInfo"))["pending_update_count"] == 0


async def test_no_more_than_max_connections_are_open(bot: Bot) -> None:
    async with hook() as target:
        target.pause_s = 0.01
        await bot.call("setWebhook", url=target.url, max_connections=2)
        for number in range(12):
            await bot.write(6000 + number, "x")
        await settled(bot)
    assert target.most_open == 2


async def test_an_answer_may_hold_a_call(bot: Bot) -> None:
    reply = {"method": "sendMessage", "chat_id": ADA, "text": "by return"}
    async with hook((200, json.dumps(reply))) as target:
        await bot.call("setWebhook", url=target.url)
        await bot.write(ADA, "hello")
        await settled(bot)
    shown = (await bot.chat(ADA))["messages"]
    assert [row["text"] for row in shown] == ["hello", "by return"]
    calls = (await bot.http.get("/control/telegram/calls")).json()["calls"]
    assert [row["method"] for row in calls if row.get("reply")] == ["sendMessage"]


@pytest.mark.parametrize("method", ["deleteWebhook", "SETWEBHOOK", "close", "logOut", "getMe"])
async def test_an_answer_cannot_hold_every_call(bot: Bot, method: str) -> None:
    async with hook((200, json.dumps({"method": method}))) as target:
        await bot.call("setWebhook", url=target.url)
        await bot.write(ADA, "hello")
        assert (await settled(bot))["url"] == target.url
    calls = (await bot.http.get("/control/telegram/calls")).json()["calls"]
    assert [row for row in calls if row.get("reply")] == []


async def test_a_webhook_is_set_once_a_second_when_the_pace_is_held(bot: Bot) -> None:
    await bot.control("rates", enforced=True)
    await bot.call("setWebhook", url="https://shop.example/hook")
    answer = await bot.ask("setWebhook", url="https://shop.example/hook")
    assert answer.json()["parameters"] == {"retry_after": 1}
    # Removing it is free.
    await bot.call("setWebhook", url="")
    await bot.call("deleteWebhook")


async def test_acknowledged_updates_can_come_twice(bot: Bot) -> None:
    await bot.control("webhook", duplicates=1)
    async with hook() as target:
        await bot.call("setWebhook", url=target.url)
        await bot.write(ADA, "x")
        await target.wait_for(2)
        await settled(bot)
    assert target.seen[0][1] == target.seen[1][1]


async def test_nothing_is_pushed_while_telegram_is_down(bot: Bot) -> None:
    async with hook() as target:
        await bot.call("setWebhook", url=target.url)
        await bot.control("faults", kind="down", seconds=3600)
        await bot.write(ADA, "later")
        await asyncio.sleep(0.05)
        assert target.seen == []
        await bot.control("faults", kind="down", seconds=0)
        await target.wait_for(1)
        await settled(bot)


async def test_a_deleted_webhook_leaves_updates_for_polling(bot: Bot) -> None:
    async with hook() as target:
        await bot.call("setWebhook", url=target.url)
        first = await bot.ask("deleteWebhook")
        second = await bot.ask("deleteWebhook")
        await bot.write(ADA, "to be polled")
        (update,) = await bot.updates()
    assert first.json()["description"] == "Webhook was deleted"
    assert second.json()["description"] == "Webhook is already deleted"
    assert (update["message"]["text"], target.seen) == ("to be polled", [])
