"""Ports that are this process' alone, though other tests run beside it.

A port that was free a moment ago may be anybody's when a server is started on it, above all
where the system takes the ports of outgoing connections from. So these lie below those, and
each is held by a lock that lasts as long as this process.
"""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path
from typing import Final, TextIO

LOWEST: Final = 20_000
BEYOND: Final = 32_000
"""Linux gives outgoing connections ports from 32768 on."""

LOCKS: Final = Path(tempfile.gettempdir()) / f"jiema-test-ports-{os.getuid()}"

_held: Final[list[TextIO]] = []
"""The locks of this process: closing a file would let go of its port."""


def free_port() -> int:
    """A port of the loopback address that nobody listens on, and no other test is given."""
    LOCKS.mkdir(exist_ok=True)
    while True:
        port = random.randrange(LOWEST, BEYOND)
        if _hold(port) and not _is_taken(port):
            return port


def _hold(port: int) -> bool:
    lock = (LOCKS / str(port)).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return False
    _held.append(lock)
    return True


def _is_taken(port: int) -> bool:
    """Whether somebody else, who knows nothing of locks, uses it on any address."""
    with socket.socket() as probe:
        # As servers do: what an ended one left behind is no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return True
    return False
