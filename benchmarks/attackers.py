"""One address at its worst: ``python -m benchmarks.attackers ORIGIN SECONDS CONNECTIONS [COOKIE]``.

A process of its own, which ends by itself: fifty connections that send what costs a server
most, in turns, as fast as they are answered.
"""

import asyncio
import json
import os
import random
import struct
import sys
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

ADDRESS: Final = "203.0.113.7"
"""As the proxy in front would name it."""
PATIENCE_S: Final = 5.0
ROOT: Final = "reflex___state____state"
PLACES: Final = ("/en/order/cmpj0a1b2c3d4e5f6g7h8i9j0", "/en/orders", "/en/account", "/en")

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Attackers:
    """What they send, and how much of it."""

    def __init__(self, origin: str, cookie: str) -> None:
        parts = urlsplit(origin)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._cookie = cookie
        self.done: Counter[str] = Counter()

    async def run(self, seconds: float, connections: int) -> None:
        """All of them, until the time is over."""
        ends_at = time.monotonic() + seconds

        async def one(number: int) -> None:
            choice = random.Random(number)
            while time.monotonic() < ends_at:
                attack = choice.choice(self._attacks)
                with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
                    async with asyncio.timeout(min(PATIENCE_S, ends_at - time.monotonic() + 0.1)):
                        await attack()
                self.done[attack.__name__] += 1
                await asyncio.sleep(0)

        await asyncio.gather(*map(one, range(connections)))

    @property
    def _attacks(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return (self._secrets, self._large, self._many_events, self._reconnecting, self._junk,
                self._fragments, self._silence, self._cookies, self._headers, self._addresses)  # fmt: skip

    async def _secrets(self) -> None:
        """The text that once took 28 s to redact."""
        reader, writer = await self._tab()
        await self._say(writer, '42/_event,["event","' + "eyJ" * 30_000 + '"]')
        await reader.read()

    async def _large(self) -> None:
        """What a tab would keep for an hour."""
        reader, writer = await self._tab()
        body = _event("hydrate_and_load") | {"router_data": {"x": "y" * 940_000}}
        await self._say(writer, "42/_event," + json.dumps(["event", body]))
        await reader.read()

    async def _many_events(self) -> None:
        reader, writer = await self._tab()
        for number in range(400):
            name = (
                "hydrate_and_load",
                "jiema_app___site___account___orders___state____orders_page.search",
            )[number % 2]
            payload: dict[str, object] = {"text": "a" * 50} if number % 2 else {}
            body = _event(name, payload)
            await self._say(writer, "42/_event," + json.dumps(["event", body]))
            await writer.drain()
        await reader.read(1000)
        writer.close()

    async def _reconnecting(self) -> None:
        for _ in range(10):
            reader, writer = await self._tab()
            await reader.read(100)
            writer.close()

    async def _junk(self) -> None:
        reader, writer = await self._tab()
        for text in ("[" * 15_000, '42/_event,["event",{"name":7}]', '42/_event,["event",{}]'):
            await self._say(writer, text if text[0] == "4" else "42/_event," + text)
        await reader.read()

    async def _fragments(self) -> None:
        """One message of 4 MB, in parts, never finished."""
        _, writer = await self._tab()
        for number in range(64):
            writer.write(_frame(b"x" * 65_536, 0 if number else 1, is_last=False))
            await writer.drain()
        writer.close()

    async def _silence(self) -> None:
        reader, _ = await self._open()
        await reader.read(1)

    async def _cookies(self) -> None:
        await self._get("/en", Cookie='a="' + '\\"' * 3_900 + '"')
        await self._get("/nowhere", Cookie='a="' + '\\"' * 16_000 + '"')

    async def _headers(self) -> None:
        await self._get(
            "/en", **{"Accept-Language": "a,b;q=" * 1_200, "If-None-Match": '"a",' * 1_900}
        )
        await self._get(
            "/api/v1/account", **{"X-Junk": "y" * 60_000, "Authorization": "Bearer " + "z" * 7_000}
        )

    async def _addresses(self) -> None:
        for _ in range(10):
            await self._get(f"/en/order/{uuid.uuid4().hex}?plain")
            await self._get(f"/{uuid.uuid4().hex}/x?a={'b' * 3_000}")

    async def _open(self) -> Stream:
        return await asyncio.open_connection(self._host, self._port)

    async def _get(self, path: str, **headers: str) -> None:
        reader, writer = await self._open()
        head = [f"GET {path} HTTP/1.1", f"Host: {self._host}:{self._port}", "Connection: close"]
        head += [
            f"X-Forwarded-For: {ADDRESS}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        if self._cookie and "Cookie" not in headers:
            head.append(f"Cookie: {self._cookie}")
        writer.write("\r\n".join([*head, "", ""]).encode())
        await reader.read()
        writer.close()

    async def _tab(self) -> Stream:
        reader, writer = await self._open()
        head = [f"GET /_event/?EIO=4&transport=websocket&token={uuid.uuid4()} HTTP/1.1",
                f"Host: {self._host}:{self._port}", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
                f"X-Forwarded-For: {ADDRESS}"]  # fmt: skip
        if self._cookie:
            head.append(f"Cookie: {self._cookie}")
        writer.write("\r\n".join([*head, "", ""]).encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer:
            writer.close()
            # A browser that is refused waits before it comes again.
            await asyncio.sleep(0.05)
            raise ConnectionError
        await self._say(writer, "40/_event," + json.dumps({"event": _event("hydrate_and_load")}))
        return reader, writer

    async def _say(self, writer: asyncio.StreamWriter, text: str) -> None:
        writer.write(_frame(text.encode(), 1, is_last=True))


def _event(name: str, payload: dict[str, object] | None = None) -> dict[str, object]:
    place = random.choice(PLACES)
    where = {"pathname": place, "asPath": place}
    return {"name": f"{ROOT}.{name}", "payload": payload or {}, "router_data": where}


def _frame(body: bytes, kind: int, *, is_last: bool) -> bytes:
    """A frame as a client sends it; the mask of zeros leaves the body as it is."""
    first = (0x80 if is_last else 0) | kind
    if len(body) < 126:
        head = struct.pack("!BB", first, 0x80 | len(body))
    elif len(body) < 65_536:
        head = struct.pack("!BBH", first, 0x80 | 126, len(body))
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, len(body))
    return head + b"\0\0\0\0" + body


def main(arguments: list[str]) -> None:
    origin, seconds, connections, *cookie = arguments
    os.nice(10)  # those who are measured share this machine with us
    attackers = Attackers(origin, "".join(cookie))
    asyncio.run(attackers.run(float(seconds), int(connections)))
    print(json.dumps(attackers.done))


if __name__ == "__main__":
    main(sys.argv[1:])
