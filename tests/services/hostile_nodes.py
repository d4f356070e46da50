"""A node over real sockets that does anything but answer, and one that answers too much."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

import httpx
import orjson

from jiema_app.integrations.tron.backoff import Backoff
from jiema_app.integrations.tron.node import ANSWER_MAX_BYTES, PARTS_MAX, Node
from jiema_app.integrations.tron.nodes import Nodes
from jiema_app.integrations.tron.source import TronChain
from tests.services.tron_peers import USDT
from tests.support.polling import PATIENCE_S

TIMEOUT_S: Final = 0.5
ENDS_S: Final = 20 * TIMEOUT_S
"""Nothing here takes longer than its time-out; the machine may be busy."""
PIECE: Final = b"1," * 16_384
GOOD: Final = b'HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{"whole": 1}'
Writer = asyncio.StreamWriter
Attack = Callable[[Writer], Awaitable[None]]


def head(*headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode()


def whole(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    return head(*headers, f"content-length: {len(body)}", status=status) + body


async def drip(writer: Writer, piece: bytes, pause_s: float) -> None:
    """The same again and again, until nobody listens any more."""
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause_s)


async def say(writer: Writer, answer: bytes) -> None:
    writer.write(answer)
    await writer.drain()


async def silence(_writer: Writer) -> None:
    await asyncio.sleep(PATIENCE_S)


async def half_a_head(writer: Writer) -> None:
    await say(writer, b"HTTP/1.1 200 OK\r\ncontent-ty")
    await silence(writer)


async def half_a_body(writer: Writer) -> None:
    await say(writer, head("content-length: 1000") + b'{"block": [')
    await silence(writer)


async def half_a_chunk(writer: Writer) -> None:
    await say(writer, head("transfer-encoding: chunked") + b"400\r\n{")
    await silence(writer)


async def slow_head(writer: Writer) -> None:
    await say(writer, b"HTTP/1.1 200 OK\r\n")
    await drip(writer, b"a: b\r\n", 0.02)


async def slow_body(writer: Writer) -> None:
    await say(writer, head("content-length: 1000000"))
    await drip(writer, b" ", 0.02)


async def slow_chunks(writer: Writer) -> None:
    await say(writer, head("transfer-encoding: chunked"))
    await drip(writer, b"1\r\n \r\n", 0.02)


async def early_hints_for_ever(writer: Writer) -> None:
    await drip(writer, head("link: <x>", status="103 Early Hints"), 0.001)


async def endless_head(writer: Writer) -> None:
    await say(writer, b"HTTP/1.1 200 OK\r\n")
    await drip(writer, b"x: " + b"y" * 10_000 + b"\r\n", 0)


async def endless_body(writer: Writer) -> None:
    await say(writer, head("transfer-encoding: chunked"))
    await drip(writer, b"8000\r\n" + PIECE + b"\r\n", 0)


async def endless_body_without_length(writer: Writer) -> None:
    await say(writer, head("connection: close"))
    await drip(writer, PIECE, 0)


async def body_said_to_be_endless(writer: Writer) -> None:
    await say(writer, head(f"content-length: {10**18}"))
    await drip(writer, PIECE, 0)


@cache
def packed_blanks() -> bytes:
    return gzip.compress(b"[" + b" " * (ANSWER_MAX_BYTES + 100) + b"]", 1)


async def bomb(writer: Writer) -> None:
    await say(writer, whole(packed_blanks(), "content-encoding: gzip"))


async def bomb_in_a_bomb(writer: Writer) -> None:
    packed = gzip.compress(packed_blanks())
    await say(writer, whole(packed, "content-encoding: gzip, gzip"))


async def packed_unasked(writer: Writer) -> None:
    await say(writer, whole(b"\x0b\x02\x80{}\x03", "content-encoding: br"))


async def redirect(writer: Writer) -> None:
    port = writer.get_extra_info("sockname")[1]
    await say(
        writer, whole(b"", f"location: http://127.0.0.1:{port}/elsewhere", status="307 Moved")
    )


async def html(writer: Writer) -> None:
    await say(writer, whole(b"<html>welcome</html>", "content-type: text/html"))


async def deep(writer: Writer) -> None:
    await say(writer, whole(b"[" * 5_000_000))


async def many_parts(writer: Writer) -> None:
    await say(writer, whole(b"[" + b"{}," * PARTS_MAX + b"{}]"))


async def no_http(writer: Writer) -> None:
    await say(writer, b"\x16\x03\x01\x02\x00" * 1000)


async def hang_up(writer: Writer) -> None:
    await say(writer, head("content-length: 100") + b"{")
    writer.close()


ATTACKS: Final[tuple[Attack, ...]] = (
    silence,
    half_a_head,
    half_a_body,
    half_a_chunk,
    slow_head,
    slow_body,
    slow_chunks,
    early_hints_for_ever,
    endless_head,
    endless_body,
    endless_body_without_length,
    body_said_to_be_endless,
    bomb,
    bomb_in_a_bomb,
    packed_unasked,
    redirect,
    html,
    deep,
    many_parts,
    no_http,
    hang_up,
)


@dataclass
class Hostile:
    """A server that does one thing to everybody who asks, or answers well.

    Attributes:
        attack: What it does; None to be good.
        asked: First line of every request.
    """

    attack: Attack | None = None
    asked: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                length = int(httpx.Headers(_pairs(request)).get("content-length", "0"))
                self.bodies.append(orjson.loads(await reader.readexactly(length)))
                self.asked.append(request.split(b"\r\n")[0].decode())
                await (say(writer, GOOD) if self.attack is None else self.attack(writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.transport.abort()


def _pairs(request: bytes) -> list[tuple[str, str]]:
    lines = request.decode().split("\r\n")[1:]
    return [
        (name, value.strip()) for name, _, value in (line.partition(":") for line in lines) if name
    ]


@asynccontextmanager
async def hostile_node(**changes: Any) -> AsyncIterator[tuple[Hostile, Node]]:
    hostile = Hostile()
    tasks: set[asyncio.Task[None]] = set()

    def on_connect(reader: asyncio.StreamReader, writer: Writer) -> None:
        tasks.add(asyncio.ensure_future(hostile.serve(reader, writer)))

    server = await asyncio.start_server(on_connect, "127.0.0.1", 0)
    hostile.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    node = Node.connect("first", hostile.url, {}, timeout_s=TIMEOUT_S, requests_per_second=0)
    try:
        yield hostile, replace(node, **changes)
    finally:
        await node.aclose()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        server.close()


def patient(**changes: Any) -> dict[str, Any]:
    """Without a hold after failures: the next question is asked at once."""
    return {"backoff": Backoff(clock=lambda: 0.0, jitter=lambda: -1.0), **changes}


def block_of(number: int) -> dict[str, Any]:
    return {
        "blockID": f"{number:016x}" + "aa" * 24,
        "block_header": {
            "raw_data": {
                "number": number,
                "parentHash": f"{number - 1:016x}" + "aa" * 24,
                "timestamp": 3000 * number,
                "txTrieRoot": "cc" * 32,
            }
        },
        "transactions": [{"txID": f"{number:064x}"}],
    }


def receipt_of(number: int, log_bytes: int) -> dict[str, Any]:
    log = {"address": "cd" * 20, "topics": ["ef" * 32], "data": "00" * log_bytes}
    return {
        "id": f"{number:064x}",
        "blockNumber": number,
        "blockTimeStamp": 3000 * number,
        "receipt": {"result": "SUCCESS"},
        "log": [log],
    }


def trusting(*asked: Node) -> TronChain:
    """A chain over nodes whose first block nobody looks at."""
    nodes = Nodes(asked, "0" * 64)
    for node in asked:
        nodes._states[node.name].is_right = True
    return TronChain(nodes, USDT)
