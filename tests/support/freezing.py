"""Something between us and a server that can stand still: it accepts, and nothing comes of it."""

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

SOCKET: Final = ".s.PGSQL.5432"
CHUNK: Final = 65_536


class FreezingProxy:
    """Passes bytes on, in a thread of its own, until it is frozen.

    As with a process that was stopped, connections are accepted and bytes taken, and none is
    answered; when it thaws, all that waited goes its way.
    """

    def __init__(self, target: Path, own: Path) -> None:
        """Stand between two Unix sockets."""
        self._target, self._own = target, own
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._flows.set()
        self._began = threading.Event()
        self._pumps: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self._began.wait()

    def freeze(self) -> None:
        """Stand still."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def thaw(self) -> None:
        """Go on."""
        self._loop.call_soon_threadsafe(self._flows.set)

    def stop(self) -> None:
        """Close everything."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_unix_server(self._serve, self._own))
        self._began.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._close())
        self._loop.close()

    async def _close(self) -> None:
        for task in self._pumps:
            task.cancel()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        for writer in self._writers:
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _serve(self, near: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        far, far_out = await asyncio.open_unix_connection(self._target)
        self._writers |= {near_out, far_out}
        for source, sink in ((near, far_out), (far, near_out)):
            task = asyncio.create_task(self._pump(source, sink))
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(CHUNK):
                await self._flows.wait()
                sink.write(data)
                await sink.drain()
        # A stopped process closes nothing either.
        await self._flows.wait()
        sink.close()


@contextlib.contextmanager
def freezing(address: str) -> Iterator[tuple[str, FreezingProxy]]:
    """A way to the database at ``address`` that can be frozen, and its address."""
    parts = urlsplit(address)
    folder = Path(parse_qs(parts.query)["host"][0])
    with tempfile.TemporaryDirectory(prefix="jiema-frozen-") as own:
        proxy = FreezingProxy(folder / SOCKET, Path(own) / SOCKET)
        proxy.start()
        try:
            query = f"host={own}"
            yield urlunsplit((parts.scheme, parts.netloc, parts.path, query, "")), proxy
        finally:
            proxy.thaw()
            proxy.stop()
