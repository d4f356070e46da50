"""Handling updates: each once, in order within a chat, by whichever worker takes it."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import asyncpg
import structlog
from prometheus_client import Counter, Histogram

from jiema_app.domain.notifications.deliveries import put
from jiema_app.domain.telegram import update_queries as queries
from jiema_app.domain.telegram.chats import note_move
from jiema_app.domain.telegram.updates import ClaimedUpdate, Effects, UpdateHandler, update_in
from jiema_app.domain.transaction import Database, DatabaseTrouble

log = structlog.get_logger()

HANDLED: Final = Counter("jiema_telegram_updates_handled_total", "Updates handled", ["outcome"])
SECONDS: Final = Histogram(
    "jiema_telegram_update_seconds",
    "From when an update came to when its effects were written",
    buckets=(0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600),
)

SLOTS: Final = 16
"""Updates that one worker has under way."""

SLOW_MAX: Final = SLOTS // 2
"""Of these, so many that wait for somebody outside: everybody else is answered meanwhile."""

SLOW_WAIT_S: Final = 0.5
"""After this the chat of one that found no such slot is looked at again."""

RUN_S: Final = 2.0
IDLE_S: Final = 1.0
HANDLE_S: Final = 45.0
"""Longer than the slowest purchase takes, and than its repetition waits for it."""

LEASE_S: Final = 60.0
"""Longer than handling may take: nobody else begins with one that is under way. The chat of one
whose worker died waits for as long."""

FAILURES_MAX: Final = 3
ATTEMPTS_MAX: Final = 25
"""One that takes its worker down each time is given up as well. What a worker gives back, because the
database went away, was no attempt."""

WAITS_S: Final = (2.0, 10.0)
"""After the first failure, and after the second."""


class Overtaken(Exception):
    """Somebody else has handled the update, or has it under way."""


@dataclass(slots=True)
class UpdateHandling:
    """Handles updates. Any number of workers may.

    Attributes:
        holder: How claims name this worker.
        handler: Of every update.
        tell_failure: Writes what somebody is told whose update could not be handled.
        is_slow: Whether handling an update waits for somebody outside.
        runs: How many runs ended well.
    """

    database: Database
    holder: str
    handler: UpdateHandler
    tell_failure: UpdateHandler
    is_slow: Callable[[ClaimedUpdate], bool] = lambda _: False
    is_stopping: bool = False
    runs: int = 0
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _under_way: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _slow: set[int] = field(default_factory=set)
    _trouble: DatabaseTrouble | None = None

    def wake(self) -> None:
        """An update was stored."""
        self._woken.set()

    async def woken(self) -> None:
        """Wait until an update is stored, but not longer than a second."""
        with suppress(TimeoutError):
            async with asyncio.timeout(IDLE_S):
                await self._woken.wait()

    async def run(self) -> None:
        """Handle what is due, for a few seconds at most. Some may be under way when it ends.

        Raises:
            DatabaseTrouble: The database went away; what was under way is handled again.
        """
        until = time.monotonic() + RUN_S
        async with self.database.connection() as connection:
            await connection.execute(queries.RELEASE, self.holder, [*self._under_way])
        while not self.is_stopping:
            self._woken.clear()
            await self._begin()
            if self._trouble is not None:
                trouble, self._trouble = self._trouble, None
                raise trouble
            left = until - time.monotonic()
            if not self._under_way:
                break
            if left <= 0:
                self.wake()
                break
            await self._wait(left)
        self.runs += 1

    async def finish(self, seconds: float) -> None:
        """Begin with nothing more, and wait for what is under way; another worker has the rest."""
        self.is_stopping = True
        self.wake()
        tasks = [*self._under_way.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
        with suppress(DatabaseTrouble):
            async with self.database.connection() as connection:
                await connection.execute(queries.RELEASE, self.holder, [])

    async def _wait(self, seconds: float) -> None:
        """Wait until an update comes, or one is done with."""
        woken = asyncio.ensure_future(self._woken.wait())
        try:
            await asyncio.wait(
                [woken, *self._under_way.values()],
                timeout=seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            woken.cancel()

    async def _begin(self) -> None:
        """Take what is due, as far as there is room."""
        room = SLOTS - len(self._under_way)
        if room <= 0:
            return
        try:
            async with self.database.connection() as connection:
                rows = await connection.fetch(queries.CLAIM, self.holder, LEASE_S, room)
        except asyncpg.UniqueViolationError:
            # Another worker began with one of these chats a moment ago.
            self.wake()
            return
        for row in rows:
            self._under_way[row["update_id"]] = asyncio.create_task(self._take(row))

    async def _take(self, row: asyncpg.Record) -> None:
        """Handle one update; what goes wrong with it concerns no other."""
        number = row["update_id"]
        try:
            told = update_in(row["payload"])
            if told is None:
                log.error("an update cannot be read", update=number)
                await self._finish_without(number)
                return
            update = ClaimedUpdate(
                update_id=number,
                chat_key=row["chat_key"],
                kind=told.kind,
                about=told.payload[told.kind],
                received_at=row["received_at"],
                failures=row["failures"],
            )
            if row["attempts"] > ATTEMPTS_MAX:
                log.error("an update is given up", update=number, attempts=row["attempts"])
                await self._fail(update, "abandoned")
                return
            if self.is_slow(update):
                if len(self._slow) >= SLOW_MAX:
                    await self._put_back(number)
                    return
                self._slow.add(number)
            await self._handle(update)
        except DatabaseTrouble as error:
            self._trouble = error
        except Overtaken:
            HANDLED.labels("overtaken").inc()
        except Exception:
            log.exception("an update was not done with", update=number)
        finally:
            if self._under_way.get(number) is asyncio.current_task():
                del self._under_way[number]
                self._slow.discard(number)

    async def _handle(self, update: ClaimedUpdate) -> None:
        effects = Effects(update)
        try:
            async with asyncio.timeout(HANDLE_S):
                await self.handler(update, effects)
            _follow_moves(update, effects)
            await self._finish(effects, "done")
        except (DatabaseTrouble, Overtaken):
            raise
        except Exception:
            failures = update.failures + 1
            log.exception("an update failed", update=update.update_id, failures=failures)
            if failures < FAILURES_MAX:
                await self._postpone(update, WAITS_S[failures - 1])
            else:
                await self._fail(update)

    async def _fail(self, update: ClaimedUpdate, outcome: str = "failed") -> None:
        effects = Effects(update)
        try:
            await self.tell_failure(update, effects)
        except Exception:
            log.exception("nobody was told of a failure", update=update.update_id)
            effects = Effects(update)
        await self._finish(effects, outcome)

    async def _finish(self, effects: Effects, outcome: str) -> None:
        """Write the effects, and that the update is handled, or nothing at all.

        Raises:
            Overtaken: It is not ours any more.
        """
        async with self.database.transaction() as connection:
            done = await connection.fetchrow(
                queries.FINISH, effects.update.update_id, self.holder, outcome
            )
            if done is None:
                raise Overtaken
            for act in effects.acts:
                await act(connection)
            await put(connection, *effects.ending(done["at"]))
        HANDLED.labels(outcome).inc()
        SECONDS.observe(done["seconds"])

    async def _finish_without(self, number: int) -> None:
        async with self.database.connection() as connection:
            await connection.execute(queries.FINISH, number, self.holder, "abandoned")
        HANDLED.labels("abandoned").inc()

    async def _put_back(self, number: int) -> None:
        async with self.database.connection() as connection:
            await connection.execute(queries.PUT_BACK, number, self.holder, SLOW_WAIT_S)

    async def _postpone(self, update: ClaimedUpdate, seconds: float) -> None:
        HANDLED.labels("postponed").inc()
        async with self.database.connection() as connection:
            await connection.execute(queries.POSTPONE, update.update_id, self.holder, seconds)


def _follow_moves(update: ClaimedUpdate, effects: Effects) -> None:
    """A group that became a supergroup has another number, and says so once."""
    moved_to = update.about.get("migrate_to_chat_id")
    if update.kind == "message" and type(moved_to) is int and abs(moved_to) < 2**53:
        effects.also(lambda connection: note_move(connection, update.chat_key, moved_to))
