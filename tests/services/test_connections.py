"""A connection whose request was given up is not trusted again."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from jiema_app.integrations.connections import BodyTooLarge, exchange, open_connections
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
    connections = open_connections(count=1)
    async with server(speaking) as url:
        connection = await connections.enter()
        before = connection.transport
        asking = asyncio.create_task(exchange(connection, httpx.Request("GET", url)))
        for _ in range(steps):  # given up at ever later moments
            await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert connection.transport is not before
        connections.leave(connection)
        speaking.set()
        again = await connections.enter()
        _, body = await asyncio.wait_for(exchange(again, httpx.Request("GET", url)), PATIENCE_S)
        assert body == b"ok"
        connections.leave(again)
        await connections.aclose()


async def test_a_lane_that_served_well_keeps_its_connection() -> None:
    speaking = asyncio.Event()
    speaking.set()
    connections = open_connections(count=1)
    async with server(speaking) as url:
        connection = await connections.enter()
        before = connection.transport
        for _ in range(3):
            _, body = await exchange(connection, httpx.Request("GET", url))
            assert body == b"ok"
        assert connection.transport is before
        connections.leave(connection)
        await connections.aclose()


async def read_body(body: bytes, most: int, **headers: str) -> bytes:
    """What one exchange brings of a body that is sent with these headers."""

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, content=pieces(), headers=headers)
    )
    connections = open_connections(transport, 1)
    connection = await connections.enter()
    return (await exchange(connection, httpx.Request("GET", "http://x/"), most))[1]


async def test_an_answer_is_read_up_to_its_limit() -> None:
    assert await read_body(b"x" * 5000, 5000) == b"x" * 5000
    with pytest.raises(BodyTooLarge):
        await read_body(b"x" * 5001, 5000)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
async def test_what_is_packed_is_unpacked_up_to_the_limit(pack: Callable[[bytes], bytes]) -> None:
    encoding = {"content-encoding": "gzip" if pack is gzip.compress else "deflate"}
    assert await read_body(pack(b"x" * 5000), 5000, **encoding) == b"x" * 5000
    for bomb in (b"x" * 5001, b"x" * 100_000_000):
        with pytest.raises(BodyTooLarge):
            await read_body(pack(bomb), 5000 if len(bomb) < 10**6 else 200_000, **encoding)
    for spoilt in (pack(b"x" * 5000)[:-9], b"x" * 100, pack(b"x")[:2]):
        with pytest.raises(httpx.DecodingError):
            await read_body(spoilt, 5000, **encoding)


async def test_a_packing_that_nobody_asked_for_is_refused() -> None:
    with pytest.raises(BodyTooLarge):
        await read_body(b"x", 5000, **{"content-encoding": "br"})


class Crumbs(httpx.AsyncByteStream):
    """So many parts of so many bytes, all of them there at once."""

    def __init__(self, parts: int, size: int = 1) -> None:
        self.parts, self.size = parts, size

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.parts):
            yield b" " * self.size


async def read_crumbs(stream: Crumbs) -> bytes:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=stream))
    connection = await open_connections(transport, count=1).enter()
    return (await exchange(connection, httpx.Request("GET", "http://peer.test/")))[1]


async def test_others_get_their_turn_while_an_answer_in_crumbs_is_read() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    waiting = asyncio.create_task(others())
    assert len(await read_crumbs(Crumbs(10_000))) == 10_000
    waiting.cancel()
    assert turns >= 100


async def test_an_answer_in_crumbs_does_not_go_on() -> None:
    with pytest.raises(BodyTooLarge):
        await read_crumbs(Crumbs(100_000))
    assert len(await read_crumbs(Crumbs(30_000, 20))) == 600_000
