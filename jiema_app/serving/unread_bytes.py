"""Cutting off connections that send what never comes out.

The server puts a message of a WebSocket together from all its frames, up to 64 MB, before it
hands it over, and has no setting for that: so much of our memory for each page that a stranger
opens. But what a connection has sent the kernel counts. Whoever has sent far more than has
come out here is cut off while it is little.

Linux counts so. Elsewhere nobody is watched, and a proxy has to bound messages.
"""

import asyncio
import os
import socket
import struct
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from jiema_app.domain.outside_numbers import whole_number

UNREAD_MAX: Final = 128 * 1024
"""Bytes. The longest message of a page has 64 KB, and is taken at once. Whoever stays below it
may keep so much of our memory, and half as much again, for as long as they are connected."""
FRAME_BYTES: Final = 14
"""What a frame of a browser has before its content, at most (RFC 6455, 5.2)."""
CONTROL_BYTES_PER_S: Final = 64
"""Pings and pongs never come out. Some programs send one every few seconds, for days."""
LOOK_EVERY_S: Final = 0.5

DESCRIPTORS: Final = "/proc/self/fd"
DESCRIPTOR_MAX: Final = 10**9
_RECEIVED: Final = struct.Struct("=128xQ")
"""``tcpi_bytes_received`` of ``struct tcp_info`` (linux/tcp.h)."""
_IPV4_IN_IPV6: Final = "::ffff:"


@dataclass(slots=True)
class Sender:
    """One connection.

    Attributes:
        descriptor: Of its socket, which is the server's and not ours.
        ends: Its peer and the port here; another connection may get the same descriptor.
        sent: What it had sent when it was last even with us; at first its head, and requests
            before it.
        since: When that was.
        heard: Bytes that have come out since.
    """

    descriptor: int
    ends: tuple[str, str, str]
    sent: int
    since: float
    heard: int = 0

    def hear(self, size: int) -> None:
        """Note a message of so many bytes."""
        self.heard += size + FRAME_BYTES

    def unread(self, received: int, now: float) -> int:
        """Bytes that it has sent and that have not come out, by what the kernel has received.

        What we allow for is more than it takes. That is not saved up: who stays for a day, and
        says little, may not send megabytes in the end.
        """
        control = CONTROL_BYTES_PER_S * (now - self.since)
        unread = received - self.sent - self.heard - round(control)
        if unread <= 0:
            self.sent, self.heard, self.since = received, 0, now
        return max(unread, 0)


class UnreadBytes:
    """The connections of pages, and how much of what each has sent was never heard."""

    def __init__(self, on_cut: Callable[[], None], *, unread_max: int = UNREAD_MAX) -> None:
        """Watch nobody yet.

        Args:
            on_cut: Called for each connection that is cut off.
            unread_max: Bytes.
        """
        self._on_cut: Final = on_cut
        self._unread_max: Final = unread_max
        self._senders: Final[dict[int, Sender]] = {}
        self._looking: asyncio.Task[None] | None = None

    @contextmanager
    def watched(self, scope: Any) -> Iterator[Sender]:
        """Watch a connection for as long as it is served.

        Yields:
            To be told what comes out of it. Of a connection that is not found nothing is known.
        """
        sender = _find(scope, self._senders)
        if sender is None:
            yield Sender(-1, ("", "", ""), 0, 0.0)
            return
        self._senders[sender.descriptor] = sender
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_on())
        try:
            yield sender
        finally:
            if self._senders.get(sender.descriptor) is sender:
                del self._senders[sender.descriptor]

    async def _look_on(self) -> None:
        """Look again and again, while somebody is connected."""
        try:
            while self._senders:
                self.look(time.monotonic())
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            self._looking = None

    def look(self, now: float) -> None:
        """Cut off who has sent too much."""
        for sender in [*self._senders.values()]:
            with suppress(OSError), _borrowed(sender.descriptor) as connection:
                if _ends(connection) != sender.ends:
                    continue
                if sender.unread(_received(connection), now) > self._unread_max:
                    del self._senders[sender.descriptor]
                    self._on_cut()
                    connection.shutdown(socket.SHUT_RDWR)


def _find(scope: Any, known: Collection[int]) -> Sender | None:
    """The socket that a connection came by; most likely not one of those that are known already.

    It may have the number of one that is known: of a connection that is gone, and whose end has
    not been noticed by what serves it.
    """
    client, server = scope.get("client"), scope.get("server")
    if not client or not server or not os.path.isdir(DESCRIPTORS):  # noqa: PTH112 - once a page
        return None
    # The server names ports in digits.
    ends = (_plain(client[0]), str(client[1]), str(server[1]))
    names = reversed(os.listdir(DESCRIPTORS))  # noqa: PTH208 - likewise
    numbers = (whole_number(name, at_most=DESCRIPTOR_MAX) for name in names)
    found = [number for number in numbers if number is not None]
    for descriptor in sorted(found, key=known.__contains__):
        with suppress(OSError), _borrowed(descriptor) as connection:
            if _ends(connection) == ends:
                return Sender(descriptor, ends, _received(connection), time.monotonic())
    return None


@contextmanager
def _borrowed(descriptor: int) -> Iterator[socket.SocketType]:
    """A socket of the server's, which stays the server's."""
    connection = socket.SocketType(fileno=descriptor)
    try:
        yield connection
    finally:
        connection.detach()


def _ends(connection: socket.SocketType) -> tuple[str, str, str] | None:
    if connection.family not in {socket.AF_INET, socket.AF_INET6}:
        return None
    peer, own = connection.getpeername(), connection.getsockname()
    return _plain(peer[0]), str(peer[1]), str(own[1])


def _received(connection: socket.SocketType) -> int:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    if len(told) < _RECEIVED.size:
        return 0  # an old kernel
    received: int = _RECEIVED.unpack_from(told)[0]
    return received


def _plain(host: str) -> str:
    return host.removeprefix(_IPV4_IN_IPV6)
