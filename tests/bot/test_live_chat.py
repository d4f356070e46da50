"""Processes of their own: a worker that asks the sandbox's Telegram for updates, and answers."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from tests.support.cluster import Cluster
from tests.support.live import LiveStack, live_stack
from tests.support.polling import PATIENCE_S, until_told

ADA = 5001

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live-bot")]


@pytest.fixture
def stack(cluster: Cluster) -> Iterator[LiveStack]:
    settings = {"TELEGRAM_UPDATES": "polling"}
    with live_stack(cluster, settings=settings) as opened:
        url = f"{opened.sandbox_origin}/control/supplier/behaviour"
        httpx.post(url, json={"smsDelaySeconds": None, "minCancelSeconds": 0}).raise_for_status()
        yield opened


def test_a_number_is_bought_and_its_code_read_in_the_chat(stack: LiveStack) -> None:
    asyncio.run(_buy(stack))


async def _buy(stack: LiveStack) -> None:
    async with httpx.AsyncClient(base_url=stack.sandbox_origin, timeout=PATIENCE_S) as http:

        async def messages() -> list[dict[str, Any]]:
            answer = await http.get("/control/telegram/chats", params={"chat": ADA})
            if answer.status_code != httpx.codes.OK:
                return []
            return [one for one in answer.json()["chats"][0]["messages"] if one["byBot"]]

        async def read(words: str) -> dict[str, Any]:
            found: list[dict[str, Any]] = []

            async def is_there() -> bool:
                found[:] = [one for one in await messages() if words in one["text"]]
                return bool(found)

            await until_told(is_there)
            return found[-1]

        async def write(text: str) -> None:
            await http.post("/control/telegram/message", json={"from": ADA, "text": text})

        await write("/start")
        await read("Welcome to jiema.my")
        connection = await asyncpg.connect(stack.database_address)
        try:
            await connection.execute("update telegram_chats set place_checked_at = now()")
            await write("telegram malaysia")
            asked = await read("Price: $")
            data = asked["buttons"][0][0]["data"]
            press = {"from": ADA, "messageId": asked["messageId"], "data": data}
            await http.post("/control/telegram/press", json=press)
            live = await read("Waiting for the code")
            phone = await connection.fetchval("select phone from orders")
            assert phone in live["text"]
            sms = {"phone": phone, "text": "Your code is 482913"}
            await http.post("/control/supplier/sms", json=sms)
            assert (await read("🔑"))["text"].count("482913") == 1
            told = await read("Code: ")
            assert told["messageId"] == live["messageId"]
            assert "482913" in told["text"]
        finally:
            await connection.close()
