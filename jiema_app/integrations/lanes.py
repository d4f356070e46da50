"""Connections to one origin, each in a pool of its own.

A pool of httpx looks at every one of its connections and waiting requests whenever a
request begins or ends, so its cost grows with its size: on one core a pool of 64 made
485 requests a second, 64 pools of one made 2,400 (loopback, httpx 0.28, httpcore 1.0).
Requests go to a transport directly and not through ``httpx.AsyncClient``, which logs
every URL, and some of ours carry a key.
"""

import asyncio
from collections.abc import Callable, Sequence
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


class Lanes:
    """Sends requests, at most one at a time over each lane."""

    __slots__ = ("_free", "_gate", "_transports")

    def __init__(self, transports: Sequence[httpx.AsyncBaseTransport]) -> None:
        """One lane for each transport given; the same one may be given several times."""
        self._transports = list(dict.fromkeys(transports))
        self._free = list(transports)
        self._gate = asyncio.Semaphore(len(transports))

    @property
    def is_full(self) -> bool:
        """Whether a request would have to wait for a lane."""
        return self._gate.locked()

    async def enter(self) -> httpx.AsyncBaseTransport:
        """Wait for a lane; the one used last, for its connection is open."""
        await self._gate.acquire()
        return self._free.pop()

    def leave(self, lane: httpx.AsyncBaseTransport) -> None:
        """Give a lane back."""
        self._free.append(lane)
        self._gate.release()

    async def aclose(self) -> None:
        """Close every connection."""
        for transport in self._transports:
            await transport.aclose()


class Lane(httpx.AsyncBaseTransport):
    """One connection, and another one when a request over it was given up.

    A pool of httpcore whose request was cancelled at the wrong moment counts its connection as
    busy for ever: with one connection no later request would get through.
    """

    def __init__(self, connect: Callable[[], httpx.AsyncBaseTransport]) -> None:
        """Nothing is sent by this."""
        self._connect = connect
        self._transport = connect()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        return await self._transport.handle_async_request(request)

    async def renew(self) -> None:
        """Forget the connection; the next request opens one."""
        given_up, self._transport = self._transport, self._connect()
        await given_up.aclose()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._transport.aclose()


def open_lanes(transport: httpx.AsyncBaseTransport | None = None, count: int = LANES) -> Lanes:
    """Lanes over the network, or all over one given transport (a test's server)."""
    if transport is not None:
        return Lanes([transport] * count)
    tls = httpx.create_ssl_context()
    limits = httpx.Limits(
        max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEPALIVE_S
    )

    def connect() -> httpx.AsyncBaseTransport:
        return httpx.AsyncHTTPTransport(verify=tls, limits=limits, retries=0)

    return Lanes([Lane(connect) for _ in range(count)])


async def exchange(
    lane: httpx.AsyncBaseTransport, request: httpx.Request
) -> tuple[httpx.Response, bytes]:
    """Send one request and read its whole answer.

    Raises:
        httpx.HTTPError: As the transport says.
        BodyTooLarge: Reading was given up.
    """
    try:
        return await _exchange(lane, request)
    except asyncio.CancelledError:
        if isinstance(lane, Lane):
            await lane.renew()
        raise


async def _exchange(
    lane: httpx.AsyncBaseTransport, request: httpx.Request
) -> tuple[httpx.Response, bytes]:
    response = await lane.handle_async_request(request)
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
