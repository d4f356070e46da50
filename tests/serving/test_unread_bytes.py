"""Whoever sends what never comes out is cut off, whatever number their socket has."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from jiema_app.serving.unread_bytes import UnreadBytes
from tests.support.polling import until

UNREAD_MAX = 10_000


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


def scope_of(client: socket.socket) -> dict[str, tuple[str, int]]:
    """As the server describes a connection."""
    return {"client": client.getsockname(), "server": client.getpeername()}


async def test_who_sends_what_never_comes_out_is_cut_off(listener: socket.socket) -> None:
    cut: list[bool] = []
    unread = UnreadBytes(lambda: cut.append(True), unread_max=UNREAD_MAX)
    with (
        socket.create_connection(listener.getsockname()) as client,
        listener.accept()[0],
        unread.watched(scope_of(client)) as sender,
    ):
        client.sendall(b"x" * UNREAD_MAX)
        sender.hear(UNREAD_MAX)
        unread.look(time.monotonic())
        assert not cut
        client.sendall(b"x" * 2 * UNREAD_MAX)
        await until(lambda: bool(cut))
        assert client.recv(1) == b""


async def test_a_socket_with_the_number_of_one_that_is_served_to_its_end_is_watched_too(
    listener: socket.socket,
) -> None:
    """A connection is gone before what serves it has noticed, and its number is given anew."""
    cut: list[bool] = []
    unread = UnreadBytes(lambda: cut.append(True), unread_max=UNREAD_MAX)
    with ExitStack() as open_still:
        first, second = (
            open_still.enter_context(socket.create_connection(listener.getsockname()))
            for _ in range(2)
        )
        served = listener.accept()[0]
        number = served.fileno()
        open_still.enter_context(unread.watched(scope_of(first)))
        served.close()
        again = open_still.enter_context(listener.accept()[0])
        assert again.fileno() == number
        sender = open_still.enter_context(unread.watched(scope_of(second)))
        assert sender.descriptor == number
        second.sendall(b"x" * 2 * UNREAD_MAX)
        await until(lambda: bool(cut))
        assert second.recv(1) == b""
