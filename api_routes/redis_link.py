"""The one connection of a web process to Redis, on which questions about windows travel.

What is asked within a few turns of the event loop leaves together, as one script call; what is
asked while a trip is under way waits for its end, or for ``STAGGER_S`` when that takes
longer, and leaves together too. So a busy process makes few trips, and an idle one waits for
nobody. redis-py connects, signs in and speaks TLS; its pool and its commands, made for one
question at a time, cost several times as much as the questions.
"""

import asyncio
import hashlib
import os
import socket
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from redis.asyncio import Connection, ConnectionPool
from redis.exceptions import NoScriptError

from api_routes.short_answers import ShortAnswers
from api_routes.window_script import (
    NUMBERS,
    SCRIPT,
    Answer,
    NotAnAnswer,
    Question,
    packed,
    unpacked,
)

log = structlog.get_logger()

REDIS_TIMEOUT_S: Final = 1.0
"""For a whole question, connecting included."""
STAGGER_S: Final = 0.002
"""A trip leaves this long after a question at the latest, though another is under way."""
GATHER_TURNS: Final = 4
"""Turns of the loop that a trip waits for company, some 20 µs when nobody comes. The server's own
threads bring requests one by one; without it half the trips of a busy process carry one question."""
TOGETHER_MAX: Final = 256
"""In one trip: Redis does nothing else while a script runs, 0.8 ms for so many."""

SHA: Final = hashlib.sha1(SCRIPT, usedforsecurity=False).hexdigest().encode()

KEPT_ALIVE: Final = {
    getattr(socket, name): value
    for name, value in (
        ("TCP_KEEPIDLE", 60),
        ("TCP_KEEPINTVL", 10),
        ("TCP_KEEPCNT", 3),
        # What a dead machine was sent is not held for a quarter of an hour.
        ("TCP_USER_TIMEOUT", 10_000),
    )
    if hasattr(socket, name)
}

Waiting = tuple[Question, "asyncio.Future[Answer | None]"]


class TookTooLong(Exception):
    """A question was not answered in time."""


@dataclass(slots=True)
class _Trip:
    """Questions that travel together."""

    number: int
    asked: Sequence[Waiting]
    ends_at: float
    is_whole_script: bool = False
    is_over: bool = field(default=False, init=False)

    def command(self) -> bytes:
        questions = [question for question, _ in self.asked]
        command, script = (b"EVAL", SCRIPT) if self.is_whole_script else (b"EVALSHA", SHA)
        return packed(command, script, self.number, questions)

    def end(self, answers: Sequence[Answer | None]) -> None:
        self.is_over = True
        for (_, told), answer in zip(self.asked, answers, strict=True):
            # Whoever asked may have gone away.
            if not told.done():
                told.set_result(answer)


class RedisLink:
    """Asks Redis about windows.

    An answer of None says that it could not be had within ``REDIS_TIMEOUT_S``: of that and of
    all others that were under way. Nothing is asked twice, for it may have been counted.
    """

    def __init__(
        self,
        redis_url: str,
        *,
        on_loss: Callable[[Exception], None],
        on_silent_end: Callable[[], None],
    ) -> None:
        """Connect to nothing yet.

        Args:
            redis_url: Where it is.
            on_loss: Told why, when questions could not be answered.
            on_silent_end: Told when a connection ended on which nobody waited for an answer.
        """
        self._addresses: Any = ConnectionPool.from_url(redis_url)
        # Whatever the address says of these.
        self._addresses.connection_kwargs |= {
            "parser_class": ShortAnswers,
            "protocol": 2,
            "socket_timeout": None,
            "socket_connect_timeout": REDIS_TIMEOUT_S,
            "socket_keepalive": True,
            "socket_keepalive_options": KEPT_ALIVE,
        }
        self._on_loss = on_loss
        self._on_silent_end = on_silent_end
        self._connection: Connection | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_opening = False
        self._waiting: list[Waiting] = []
        self._waiting_until = 0.0
        self._leaves: asyncio.Handle | None = None
        self._under_way: deque[_Trip] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._number = 0

    def ask(self, question: Question) -> "asyncio.Future[Answer | None]":
        """Have a question travel with the next trip."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[Answer | None] = loop.create_future()
        if not self._waiting:
            self._waiting_until = loop.time() + REDIS_TIMEOUT_S
        self._waiting.append((question, told))
        if self._leaves is None:
            # Whoever else asks in this turn and the next ones comes along.
            self._leaves = (
                loop.call_later(STAGGER_S, self._leave)
                if self._under_way
                else loop.call_soon(self._gather, GATHER_TURNS)
            )
        return told

    async def close(self) -> None:
        """Let go of the connection. Whoever asks later has a new one made."""
        self._end_all()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _gather(self, turns: int) -> None:
        """Wait for a few turns, and let those run meanwhile that bring more."""
        if turns and len(self._waiting) < TOGETHER_MAX:
            os.sched_yield()
            loop = asyncio.get_running_loop()
            self._leaves = loop.call_soon(self._gather, turns - 1)
        else:
            self._leave()

    def _leave(self) -> None:
        """Send those who wait on their way."""
        if self._leaves is not None:
            self._leaves.cancel()
            self._leaves = None
        if not self._waiting:
            return
        if self._connection is None:
            if not self._is_opening:
                self._is_opening = True
                self._begin(self._open())
            return
        asked, self._waiting = self._waiting[:TOGETHER_MAX], self._waiting[TOGETHER_MAX:]
        self._send(asked, self._waiting_until)
        if self._waiting:
            self._leaves = asyncio.get_running_loop().call_soon(self._leave)

    def _send(self, asked: Sequence[Waiting], ends_at: float, *, whole: bool = False) -> None:
        self._number = (self._number + 1) % NUMBERS
        trip = _Trip(self._number, asked, ends_at, whole)
        # Tasks begin in the order in which they are made, and each writes before it waits: so
        # answers come in the order of what is under way.
        self._under_way.append(trip)
        self._begin(self._carry(trip))
        if self._watch is None:
            loop = asyncio.get_running_loop()
            self._watch = loop.call_at(ends_at, self._look_after)

    async def _carry(self, trip: _Trip) -> None:
        if trip.is_over or self._connection is None:
            return
        try:
            await self._connection.send_packed_command([trip.command()], check_health=False)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may wait for it
            self._lose(error)

    def _look_after(self) -> None:
        """End what has been under way for too long."""
        loop = asyncio.get_running_loop()
        self._watch = None
        if not self._under_way:
            return
        ends_at = self._under_way[0].ends_at
        if loop.time() < ends_at:
            self._watch = loop.call_at(ends_at, self._look_after)
        else:
            self._lose(TookTooLong())

    async def _open(self) -> None:
        """Connect, then take out who waits."""
        connection = self._addresses.make_connection()
        try:
            async with asyncio.timeout_at(self._waiting_until):
                await connection.connect()
                await connection.send_command("SCRIPT", "LOAD", SCRIPT, check_health=False)
                if await connection.read_response(disable_decoding=True) != SHA:
                    raise NotAnAnswer("of another script")  # noqa: TRY301 - is lost like others
        except BaseException as error:
            await _drop(connection)
            self._is_opening = False
            if not isinstance(error, Exception):
                raise
            self._lose(error)
            return
        self._is_opening = False
        self._connection = connection
        self._begin(self._listen(connection))
        self._leave()

    async def _listen(self, connection: Connection) -> None:
        """Hand out answers for as long as the connection lasts."""
        try:
            while connection is self._connection:
                try:
                    told = await connection.read_response(
                        disable_decoding=True, disconnect_on_error=False
                    )
                except NoScriptError as error:
                    told = error
                # What comes after it was given up belongs to nobody any more.
                if connection is self._connection:
                    self._hand_out(told)
        except Exception as error:  # noqa: BLE001 - a strange answer ends it as a lost one does
            if connection is self._connection:
                self._lose(error)
        finally:
            await _drop(connection)

    def _hand_out(self, told: object) -> None:
        if not self._under_way:
            raise NotAnAnswer("to nothing")
        trip = self._under_way[0]
        if isinstance(told, NoScriptError) and not trip.is_whole_script:
            # It has forgotten the script, so nothing was counted: once more, whole.
            self._under_way.popleft()
            self._send(trip.asked, trip.ends_at, whole=True)
            return
        answers = unpacked(told, trip.number, len(trip.asked))
        self._under_way.popleft()
        trip.end(answers)
        if self._waiting and not self._under_way:
            self._leave()

    def _lose(self, error: Exception) -> None:
        """Nobody waits any longer."""
        is_missed = bool(self._under_way or self._waiting)
        self._end_all()
        if is_missed:
            self._on_loss(error)
        else:
            self._on_silent_end()

    def _end_all(self) -> None:
        for timer in (self._leaves, self._watch):
            if timer is not None:
                timer.cancel()
        self._leaves = self._watch = None
        connection, self._connection = self._connection, None
        waiting, self._waiting = self._waiting, []
        trips = [*self._under_way, _Trip(0, waiting, 0.0)]
        self._under_way.clear()
        for trip in trips:
            trip.end([None] * len(trip.asked))
        if connection is not None:
            self._begin(_drop(connection))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _drop(connection: Connection) -> None:
    """Close a connection without waiting for its other end."""
    try:
        await connection.disconnect(nowait=True)
    except Exception as error:  # noqa: BLE001 - it is gone either way
        log.debug("a connection to redis did not close", error=type(error).__name__)
