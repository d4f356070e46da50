"""`python -m sandbox`: serve the sandbox on 127.0.0.1 in one process.

One process on purpose: a killed sandbox must be gone at once, with no worker left
holding the port or the journal.
"""

import asyncio
import logging
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import uvloop
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from sandbox.app import create_app
from sandbox.asgi import Receive, Scope, Send
from sandbox.journal import JournalLockedError
from sandbox.settings import SandboxSettings, from_environment

if TYPE_CHECKING:
    from collections.abc import Callable


async def serve(settings: SandboxSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    _require_free_port(settings.port)
    app = create_app(settings.data_dir, settings.seed, settings)

    async def serve_one(scope: Scope, receive: Receive, send: Send) -> None:
        # Whoever still waits when we stop is cut off; the server would print that as an error.
        with suppress(asyncio.CancelledError):
            await app(scope, receive, send)

    server = Server(
        serve_one,
        address="127.0.0.1",
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        backlog=2048,
        log_level=LogLevels.error,
    )
    loop = asyncio.get_running_loop()

    end: Callable[[], None] = server.stop

    def stop() -> None:
        app.let_go()
        end()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    sys.stdout.write(f"sandbox http://127.0.0.1:{settings.port}/\n")
    sys.stdout.flush()
    await server.serve()


def _require_free_port(port: int) -> None:
    """Fail early: the server would share a taken port and wait in silence."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise OSError(f"port {port} of 127.0.0.1: {error.strerror}") from error


def main() -> None:
    """Run the sandbox; exits with 1 and one line when it cannot start."""
    logging.basicConfig(level=logging.WARNING, format="sandbox %(levelname)s %(message)s")
    try:
        uvloop.run(serve(from_environment()))
    except (JournalLockedError, OSError) as error:
        sys.exit(f"sandbox cannot start: {error}")


if __name__ == "__main__":
    main()
