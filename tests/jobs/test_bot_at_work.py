"""The whole thread of a chat, in processes of their own: Telegram, web, worker, Telegram."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.cluster import Cluster
from tests.support.live import LiveStack, live_stack
from tests.support.polling import PATIENCE_S, until_told

pytestmark = pytest.mark.slow

ANN = 555_001


@pytest.fixture(params=["webhook", "polling"])
def stack(request: pytest.FixtureRequest, cluster: Cluster) -> Iterator[LiveStack]:
    with live_stack(cluster, settings={"TELEGRAM_UPDATES": request.param}) as opened:
        yield opened


async def control(stack: LiveStack) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"{stack.sandbox_origin}/control/telegram", timeout=PATIENCE_S, trust_env=False
    )


async def messages(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    told = (await http.get("/chats", params={"chat": ANN})).json()
    return [one for chat in told["chats"] for one in chat["messages"] if one["byBot"]]


async def write_and_read(stack: LiveStack) -> None:
    async with await control(stack) as http:
        (await http.post("/message", json={"from": ANN, "text": "/start"})).raise_for_status()

        async def is_answered() -> bool:
            return bool(await messages(http))

        await until_told(is_answered)
        first = (await messages(http))[0]
        assert first["buttons"]
        (await http.post("/message", json={"from": ANN, "text": "/help"})).raise_for_status()

        async def is_answered_again() -> bool:
            return len(await messages(http)) > 1

        await until_told(is_answered_again)


def test_somebody_writes_and_is_answered(stack: LiveStack) -> None:
    asyncio.run(write_and_read(stack))
    assert stack.workers[0].stop() == 0
