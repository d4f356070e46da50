"""Webhooks: delivered at least once, retried, doubled on demand."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.polling import PATIENCE_S


@dataclass
class Receiver:
    """A tiny HTTP server that answers with the given statuses, then 200."""

    statuses: list[int] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert head.startswith("post /hook ")
        assert "content-type: application/json" in head
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        status = self.statuses.pop(0) if self.statuses else 200
        reply = f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        writer.write(reply.encode())
        await writer.drain()
        writer.close()
        async with self.arrived:
            self.bodies.append(body)
            self.arrived.notify_all()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_S), self.arrived:
            await self.arrived.wait_for(lambda: len(self.bodies) >= count)


@asynccontextmanager
async def receiver(*statuses: int) -> AsyncIterator[Receiver]:
    target = Receiver(list(statuses))
    server = await asyncio.start_server(target.serve, "127.0.0.1", 0)
    target.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield target
    server.close()
    await server.wait_closed()


async def until(shop: Any, reached: Callable[[Any], bool]) -> Any:
    """Return the state once it is as wished; it can only be asked for."""
    async with asyncio.timeout(PATIENCE_S):
        while not reached(state := await shop.state()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return state


async def settled(shop: Any) -> Any:
    """Wait until no webhook is pending, and return the counters."""
    return (await until(shop, lambda state: not state["webhooksPending"]))["counters"]


async def test_an_sms_is_announced_with_the_documented_body(shop: Any) -> None:
    async with receiver() as target:
        await shop.behave(webhookUrl=target.url, jitter=False)
        bought = await shop.buy()
        await shop.sms(bought, "Telegram code 90909")
        await target.wait_for(1)
        counters = await settled(shop)
    (body,) = target.bodies
    moment = body.pop("receivedAt")
    assert moment.endswith("Z")
    assert len(moment) == len("2025-12-16T10:30:00.000000Z")
    assert body == {
        "activationId": str(bought), "id": "1", "service": "tg", "text": "Telegram code 90909",
        "code": "90909", "country": 6, "phoneFrom": "Telegram",
    }  # fmt: skip
    assert (counters["webhooks"], counters["webhookFailures"]) == (1, 0)


async def test_it_is_sent_again_until_acknowledged(shop: Any) -> None:
    async with receiver(500, 302) as target:
        await shop.behave(webhookUrl=target.url, webhookRetrySeconds=0)
        await shop.sms(await shop.buy())
        await target.wait_for(3)
        counters = await settled(shop)
    assert target.bodies[0] == target.bodies[1] == target.bodies[2]
    assert (counters["webhooks"], counters["webhookFailures"]) == (3, 2)


async def test_it_is_given_up_after_seven_attempts(shop: Any) -> None:
    async with receiver(*[503] * 7) as target:
        await shop.behave(webhookUrl=target.url, webhookRetrySeconds=0)
        await shop.sms(await shop.buy())
        counters = await settled(shop)
    assert len(target.bodies) == counters["webhooks"] == 7


async def test_the_retry_pause_follows_the_sandbox_clock(shop: Any) -> None:
    async with receiver(500) as target:
        await shop.behave(webhookUrl=target.url, webhookRetrySeconds=3600)
        await shop.sms(await shop.buy())
        await until(shop, lambda state: state["counters"]["webhookFailures"] == 1)
        await shop.advance(3601)
        await target.wait_for(2)
        await settled(shop)


@pytest.mark.parametrize("rate", [1])
async def test_acknowledged_webhooks_can_come_twice(shop: Any, rate: float) -> None:
    async with receiver() as target:
        await shop.behave(webhookUrl=target.url, webhookDuplicates=rate)
        await shop.sms(await shop.buy())
        await target.wait_for(2)
        await settled(shop)
    assert target.bodies[0] == target.bodies[1]


async def test_without_a_url_nothing_is_pending(shop: Any) -> None:
    await shop.sms(await shop.buy())
    assert (await shop.state())["webhooksPending"] == 0


async def test_a_dead_receiver_harms_nobody(shop: Any) -> None:
    await shop.behave(webhookUrl="http://127.0.0.1:9/hook", webhookRetrySeconds=0)
    await shop.sms(await shop.buy())
    counters = await settled(shop)
    assert counters["webhookFailures"] == 7
