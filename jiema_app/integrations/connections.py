"""Connections to one origin, each in a pool of its own.

A pool of httpx looks at every one of its connections and waiting requests whenever a
request begins or ends, so its cost grows with its size: on one core a pool of 64 made
485 requests a second, 64 pools of one made 2,400 (loopback, httpx 0.28, httpcore 1.0).
Requests go to a transport directly and not through ``httpx.AsyncClient``, which logs
every URL, and some of ours carry a key.
"""

import asyncio
import zlib
from collections.abc import AsyncIterable, Callable, Sequence
from contextlib import suppress
from typing import Final

import httpx

CONNECTIONS: Final = 64
"""Requests under way at once, of one process to one API, unless fewer are asked for."""

KEEPALIVE_S: Final = 20.0
"""Shorter than servers keep idle connections, so that ours closes first: a purchase sent
into a closing connection would have an unknown outcome."""

BODY_MAX_BYTES: Final = 64 * 1024 * 1024
"""Of any answer, unpacked, unless less is asked for."""

PARTS_AT_ONCE: Final = 100
"""Parts of an answer that are taken before others get their turn. Whoever sends every byte as a
chunk of its own has ten thousand of them ready in one read, and httpx takes a while for each."""

PARTS_MAX: Final = 20_000
PART_BYTES: Final = 16
"""With more parts than that, they must have so many bytes in the middle."""

GZIP: Final = frozenset({"gzip", "x-gzip", "deflate"})
_AUTO_WINDOW: Final = 32 + zlib.MAX_WBITS
"""zlib finds out by itself which of the two it is."""


class BodyTooLarge(Exception):
    """The answer is larger than anything that makes sense, or packed in a way nobody asked for."""


class Connection:
    """One connection, and the way to a new one.

    A request that is given up in the middle can leave its pool of one taken for ever
    (httpcore 1.0): every later one would wait for it in vain. So what has failed is not
    trusted again.
    """

    __slots__ = ("_make", "transport")

    def __init__(
        self, transport: httpx.AsyncBaseTransport, make: "MakeTransport | None" = None
    ) -> None:
        """Take a transport; without ``make`` it is the only one there is."""
        self.transport = transport
        self._make = make

    def renew(self) -> None:
        """Go on with a new transport. The old one is closed beside, whatever its state."""
        if self._make is None:
            return
        closing = asyncio.ensure_future(_close(self.transport))
        CLOSING.add(closing)
        closing.add_done_callback(CLOSING.discard)
        self.transport = self._make()


MakeTransport = Callable[[], httpx.AsyncBaseTransport]

CLOSING: Final[set[asyncio.Future[None]]] = set()
"""What is being closed: the event loop keeps no task alive."""


async def _close(transport: httpx.AsyncBaseTransport) -> None:
    with suppress(Exception):
        await transport.aclose()


class Connections:
    """Sends requests, at most one at a time over each connection."""

    __slots__ = ("_connections", "_free", "_semaphore")

    def __init__(self, connections: Sequence[Connection]) -> None:
        """Begin with every connection free."""
        self._connections = tuple(connections)
        self._free = list(connections)
        self._semaphore = asyncio.Semaphore(len(connections))

    @property
    def is_full(self) -> bool:
        """Whether a request would have to wait for a connection."""
        return self._semaphore.locked()

    async def enter(self) -> Connection:
        """Wait for a connection; the one used last, for it is open."""
        await self._semaphore.acquire()
        return self._free.pop()

    def leave(self, connection: Connection) -> None:
        """Give a connection back."""
        self._free.append(connection)
        self._semaphore.release()

    async def aclose(self) -> None:
        """Close every connection."""
        await asyncio.gather(*CLOSING)
        for transport in {connection.transport for connection in self._connections}:
            await transport.aclose()


def open_connections(
    transport: httpx.AsyncBaseTransport | None = None, count: int = CONNECTIONS
) -> Connections:
    """Connections over the network, or all over one given transport (a test's server)."""
    if transport is not None:
        return Connections([Connection(transport) for _ in range(count)])
    tls = httpx.create_ssl_context()
    limits = httpx.Limits(
        max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEPALIVE_S
    )

    def make() -> httpx.AsyncBaseTransport:
        return httpx.AsyncHTTPTransport(verify=tls, limits=limits, retries=0)

    return Connections([Connection(make(), make) for _ in range(count)])


async def exchange(
    connection: Connection, request: httpx.Request, most: int = BODY_MAX_BYTES
) -> tuple[httpx.Response, bytes]:
    """Send one request and read its whole answer.

    Args:
        connection: Its connection.
        request: What to send.
        most: Bytes of the answer, packed and unpacked.

    Raises:
        httpx.HTTPError: As the transport says.
        BodyTooLarge: Reading was given up.
    """
    try:
        return await _exchange(connection.transport, request, most)
    except BaseException:
        connection.renew()
        raise


async def _exchange(
    transport: httpx.AsyncBaseTransport, request: httpx.Request, most: int
) -> tuple[httpx.Response, bytes]:
    response = await transport.handle_async_request(request)
    try:
        packed = response.headers.get("content-encoding", "identity").strip().lower()
        # httpx would unpack whatever comes, a piece of 64 kB into 64 MB and more.
        stream = response.stream
        assert isinstance(stream, AsyncIterable)
        body = await _read(stream, most)
        if packed in GZIP:
            body = _unpack(body, most)
        elif packed not in {"identity", ""}:
            raise BodyTooLarge
    finally:
        await response.aclose()
    return response, body


async def _read(stream: AsyncIterable[bytes], most: int) -> bytes:
    """The bytes of a stream.

    Raises:
        BodyTooLarge: There are more of them, or they come in crumbs.
    """
    parts: list[bytes] = []
    size = 0
    async for part in stream:
        size += len(part)
        if size > most:
            raise BodyTooLarge
        parts.append(part)
        if len(parts) % PARTS_AT_ONCE == 0:
            if len(parts) > PARTS_MAX and size < PART_BYTES * len(parts):
                raise BodyTooLarge
            await asyncio.sleep(0)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _unpack(body: bytes, most: int) -> bytes:
    """What was packed by gzip or zlib.

    Raises:
        BodyTooLarge: It is too much.
        httpx.DecodingError: It was not packed so, or is not all there.
    """
    if not body:
        return body
    unpacking = zlib.decompressobj(_AUTO_WINDOW)
    try:
        found = unpacking.decompress(body, most + 1)
    except zlib.error:
        raise httpx.DecodingError("not packed as it says") from None
    if len(found) > most:
        raise BodyTooLarge
    if not unpacking.eof:
        raise httpx.DecodingError("packed, and cut off")
    return found
