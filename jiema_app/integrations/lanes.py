"""Connections to one origin, each in a pool of its own.

A pool of httpx looks at every one of its connections and waiting requests whenever a
request begins or ends, so its cost grows with its size: on one core a pool of 64 made
485 requests a second, 64 pools of one made 2,400 (loopback, httpx 0.28, httpcore 1.0).
Requests go to a transport directly and not through ``httpx.AsyncClient``, which logs
every URL, and some of ours carry a key.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import httpx

LANES: Final = 64
"""Requests under way at once, of one process to one API, unless fewer are asked for."""

KEEPALIVE_S: Final = 20.0
"""Shorter than servers keep idle connections, so that ours closes first: a purchase sent
into a closing connection would have an unknown outcome."""

BODY_MAX_BYTES: Final = 64 * 1024 * 1024


class BodyTooLarge(Exception):
    """The answer is larger than anything that makes sense."""


class Lane:
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


class Lanes:
    """Sends requests, at most one at a time over each lane."""

    __slots__ = ("_free", "_gate", "_lanes")

    def __init__(self, lanes: Sequence[Lane]) -> None:
        """Begin with every lane free."""
        self._lanes = tuple(lanes)
        self._free = list(lanes)
        self._gate = asyncio.Semaphore(len(lanes))

    @property
    def is_full(self) -> bool:
        """Whether a request would have to wait for a lane."""
        return self._gate.locked()

    async def enter(self) -> Lane:
        """Wait for a lane; the one used last, for its connection is open."""
        await self._gate.acquire()
        return self._free.pop()

    def leave(self, lane: Lane) -> None:
        """Give a lane back."""
        self._free.append(lane)
        self._gate.release()

    async def aclose(self) -> None:
        """Close every connection."""
        await asyncio.gather(*CLOSING)
        for transport in {lane.transport for lane in self._lanes}:
            await transport.aclose()


def open_lanes(transport: httpx.AsyncBaseTransport | None = None, count: int = LANES) -> Lanes:
    """Lanes over the network, or all over one given transport (a test's server)."""
    if transport is not None:
        return Lanes([Lane(transport) for _ in range(count)])
    tls = httpx.create_ssl_context()
    limits = httpx.Limits(
        max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEPALIVE_S
    )

    def make() -> httpx.AsyncBaseTransport:
        return httpx.AsyncHTTPTransport(verify=tls, limits=limits, retries=0)

    return Lanes([Lane(make(), make) for _ in range(count)])


async def exchange(lane: Lane, request: httpx.Request) -> tuple[httpx.Response, bytes]:
    """Send one request and read its whole answer.

    Raises:
        httpx.HTTPError: As the transport says.
        BodyTooLarge: Reading was given up.
    """
    try:
        return await _exchange(lane.transport, request)
    except BaseException:
        lane.renew()
        raise


async def _exchange(
    transport: httpx.AsyncBaseTransport, request: httpx.Request
) -> tuple[httpx.Response, bytes]:
    response = await transport.handle_async_request(request)
    try:
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > BODY_MAX_BYTES:
                raise BodyTooLarge
            parts.append(part)
    finally:
        await response.aclose()
    return response, parts[0] if len(parts) == 1 else b"".join(parts)
