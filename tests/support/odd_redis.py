"""A real Redis behind a proxy that can answer late, by halves, rubbish, or nobody at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from redis.asyncio import Redis

CHUNK: Final = 65_536


class OddRedis:
    """Passes bytes on. What it does with answers to questions about windows can be set.

    Attributes:
        delay_s: How long it keeps each answer.
        is_silent: It takes what comes and answers nothing, as a stopped process does.
        shuts: It closes each connection as soon as it is there.
        cuts_at: An answer ends after so many bytes, and so does what follows.
        hangs_up: The connection is closed then.
        instead: Sent in place of an answer, again and again up to ``flood`` bytes.
        connections: How many were opened.
        heard: Bytes that came.
        said: Bytes that were taken from it.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: asyncio.Server | None = None
        self._own_port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = self.heard = self.said = 0
        self.behave()

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self._own_port}/0"

    def behave(
        self,
        *,
        delay_s: float = 0.0,
        is_silent: bool = False,
        shuts: bool = False,
        cuts_at: int | None = None,
        hangs_up: bool = False,
        instead: bytes = b"",
        flood: int = 0,
    ) -> None:
        """From now on like this; without arguments as if it was not there."""
        self.delay_s, self.is_silent, self.shuts = delay_s, is_silent, shuts
        self.cuts_at, self.hangs_up = cuts_at, hangs_up
        self.instead, self.flood = instead, flood

    async def listen(self) -> None:
        """Take connections."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._own_port)
        self._own_port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Take no more connections, and end those that are there."""
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            if not self.shuts:
                await self._carry(near, out)
        except asyncio.CancelledError:
            pass  # by `refuse`: asyncio's server would tell of it as of a fault
        finally:
            out.transport.abort()

    async def _carry(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        far, far_out = await asyncio.open_connection("127.0.0.1", self._port)
        asked = asyncio.Event()
        answering = asyncio.create_task(self._answer(far, out, asked))
        try:
            with suppress(OSError):
                while data := await near.read(CHUNK):
                    self.heard += len(data)
                    if b"EVAL" in data:
                        asked.set()
                    if not self.is_silent:
                        far_out.write(data)
        finally:
            answering.cancel()
            far_out.transport.abort()
            await asyncio.gather(answering, return_exceptions=True)

    async def _answer(
        self, far: asyncio.StreamReader, out: asyncio.StreamWriter, asked: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while data := await far.read(CHUNK):
                await asyncio.sleep(self.delay_s)
                is_answer = asked.is_set()
                if is_answer and self.instead:
                    await self._say_instead(out)
                elif is_answer and self.cuts_at is not None:
                    out.write(data[: self.cuts_at])
                    self.is_silent = True
                    if self.hangs_up:
                        await out.drain()
                        break
                else:
                    out.write(data)
                    self.said += len(data)
            out.close()

    async def _say_instead(self, out: asyncio.StreamWriter) -> None:
        said = 0
        while True:
            out.write(self.instead)
            await out.drain()
            said += len(self.instead)
            self.said += len(self.instead)
            if said >= self.flood:
                return


@asynccontextmanager
async def odd_redis(port: int) -> AsyncIterator[OddRedis]:
    """Stand before the Redis on ``port``."""
    odd = OddRedis(port)
    await odd.listen()
    try:
        yield odd
    finally:
        await odd.refuse()


async def trips(redis: Redis) -> int:
    """How often Redis was asked about windows."""
    stats: dict[str, Any] = await redis.info("commandstats")
    return sum(stats.get(f"cmdstat_{name}", {}).get("calls", 0) for name in ("eval", "evalsha"))
