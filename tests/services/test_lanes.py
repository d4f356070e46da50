"""A connection whose request was given up is not trusted again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from jiema_app.integrations.lanes import exchange, open_lanes
from tests.support.polling import PATIENCE_S

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Server(asyncio.Protocol):
    """Answers what was sent to it, but not before ``speaking`` is set."""

    def __init__(self, speaking: asyncio.Event, answering: set[asyncio.Task[None]]) -> None:
        self.speaking = speaking
        self.answering = answering

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, _data: bytes) -> None:
        self.answering.add(asyncio.create_task(self.answer()))

    async def answer(self) -> None:
        await self.speaking.wait()
        self.transport.write(ANSWER)


@asynccontextmanager
async def server(speaking: asyncio.Event) -> AsyncIterator[str]:
    """The address of a server."""
    answering: set[asyncio.Task[None]] = set()
    loop = asyncio.get_running_loop()
    running = await loop.create_server(lambda: Server(speaking, answering), "127.0.0.1", 0)
    async with running:
        yield f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}/"
        await asyncio.gather(*answering)


@pytest.mark.parametrize("steps", range(1, 12))
async def test_a_request_that_was_given_up_leaves_no_lane_taken(steps: int) -> None:
    speaking = asyncio.Event()
    lanes = open_lanes(count=1)
    async with server(speaking) as url:
        lane = await lanes.enter()
        before = lane.transport
        asking = asyncio.create_task(exchange(lane, httpx.Request("GET", url)))
        for _ in range(steps):  # given up at ever later moments
            await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert lane.transport is not before
        lanes.leave(lane)
        speaking.set()
        again = await lanes.enter()
        _, body = await asyncio.wait_for(exchange(again, httpx.Request("GET", url)), PATIENCE_S)
        assert body == b"ok"
        lanes.leave(again)
        await lanes.aclose()


async def test_a_lane_that_served_well_keeps_its_connection() -> None:
    speaking = asyncio.Event()
    speaking.set()
    lanes = open_lanes(count=1)
    async with server(speaking) as url:
        lane = await lanes.enter()
        before = lane.transport
        for _ in range(3):
            _, body = await exchange(lane, httpx.Request("GET", url))
            assert body == b"ok"
        assert lane.transport is before
        lanes.leave(lane)
        await lanes.aclose()
