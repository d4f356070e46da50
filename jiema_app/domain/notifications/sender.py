"""The one sender of a transport: it paces, hands over what is due, and settles it.

It runs under a lease. What guards against sending twice is not the lease but the row: it is
marked before the call, and what is marked is called once. A lease that is lost costs no more
than the pace.
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import structlog
from prometheus_client import Histogram

from jiema_app.domain.notifications import queries
from jiema_app.domain.notifications.deliveries import AT_ONCE
from jiema_app.domain.notifications.pacing import Pacing
from jiema_app.domain.notifications.settling import DROPPED, Handed, Settling
from jiema_app.domain.notifications.states import DeliveryState
from jiema_app.domain.notifications.transport import (
    ClaimedDelivery,
    Content,
    NotSent,
    Outcome,
    Renderer,
    RetryAfter,
    Transport,
    Unknown,
)
from jiema_app.domain.notifications.turns import by_turns
from jiema_app.domain.transaction import Connection, Database, DatabaseTrouble

log = structlog.get_logger()

WAITED: Final = Histogram(
    "jiema_delivery_wait_seconds",
    "From when a delivery was written down first to when it was handed over first",
    ["priority"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3600),
)

CALLS: Final = 10
"""Under way at once. At 25 a second each may take 0.4 s."""

RUN_S: Final = 2.0
"""A run ends after this, whatever waits: the lease is renewed by the next one."""

LOOK_S: Final = 0.02
"""Between two looks at the queue, and twice as long as one takes: with 100,000 waiting it is not
for the sender to keep the database busy."""

IDLE_S: Final = 1.0
"""Somebody looks so often even if nobody says that something was queued."""

BATCH: Final = 100
"""Recipients that one look finds. More of them than were sent to within a second: at least one of
them does not have to wait for its own sake."""

RENDER_S: Final = 10.0
UNREACHABLE_MAX_S: Final = 30.0
PAUSE_MAX_S: Final = 24 * 3600.0
UNKNOWN_KIND_WAIT_S: Final = 60.0
TROUBLE_WAIT_S: Final = 1.0
TROUBLES_IN_A_ROW: Final = 3
"""Answers that say that the transport is ill, before everything waits."""


class TransportAway(Exception):
    """The transport cannot be reached: worth a retry, not a bug."""


@dataclass(slots=True)
class Sender:
    """Sends what is due of one transport.

    Attributes:
        transport: What carries it.
        name: Of the transport.
        renderers: Who makes the words of each kind.
        runs: How many runs ended well.
    """

    database: Database
    transport: Transport
    name: str
    renderers: Mapping[str, Renderer]
    settling: Settling
    pacing: Pacing
    is_stopping: bool = False
    runs: int = 0
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _under_way: dict[int, tuple[str | None, asyncio.Task[None]]] = field(default_factory=dict)
    _unsettled: deque[tuple[Handed, Outcome]] = field(default_factory=deque)
    _catching_up: asyncio.Lock = field(default_factory=asyncio.Lock)
    _perhaps_marked: set[int] = field(default_factory=set)
    _paused_until: float = float("-inf")
    _look_at: float = float("-inf")
    _next_s: float = IDLE_S
    _has_answered: bool = False
    _troubles: int = 0
    _away: str | None = None
    _trouble: Exception | None = None

    def wake(self) -> None:
        """Something was queued."""
        self._woken.set()

    async def woken(self) -> None:
        """Wait until something is queued, or is due, but not longer than a second."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._next_s):
                await self._woken.wait()

    async def run(self, _started: datetime) -> None:
        """Send what is due, for a few seconds at most. Calls may be under way when it ends.

        Raises:
            DatabaseTrouble: The database went away; nothing is lost or sent twice by that.
            TransportAway: Nothing arrives now.
        """
        self._next_s = IDLE_S
        until = time.monotonic() + RUN_S
        await self._recover()
        await self._look_whether_it_is_back()
        while not self.is_stopping:
            self._woken.clear()
            wait = await self._send_due(until)
            if self._trouble is not None:
                trouble, self._trouble = self._trouble, None
                raise trouble
            left = until - time.monotonic()
            if wait is None and self._under_way:
                wait = max(left, 0.0)
            if left <= 0 or wait is None or wait > left:
                self._next_s = min(IDLE_S, IDLE_S if wait is None else wait)
                break
            await self._pause(wait)
        self.runs += 1

    async def finish(self, seconds: float) -> None:
        """Begin no call any more, and wait for those under way; what is cut off stays unknown."""
        self.is_stopping = True
        self.wake()
        tasks = [task for _, task in self._under_way.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
        with suppress(DatabaseTrouble):
            await self.catch_up()

    async def catch_up(self) -> None:
        """Write down what could not be written when it happened.

        To be called without the lease, too: whoever has it takes what is under way here for left
        behind, and nobody else knows how it ended.

        Raises:
            DatabaseTrouble: It is not written yet.
        """
        async with self._catching_up:
            while self._unsettled:
                await self.settling.settle(*self._unsettled[0])
                self._unsettled.popleft()
            if not self._perhaps_marked:
                return
            ids = [*self._perhaps_marked - self._under_way.keys()]
            async with self.database.connection() as connection:
                await connection.execute(queries.UNMARK, ids, self.settling.sender)
            self._perhaps_marked.clear()

    @property
    def _is_full(self) -> bool:
        most = 1 if self._troubles else CALLS
        return len(self._under_way) + len(self._unsettled) >= most

    async def _look_whether_it_is_back(self) -> None:
        """Send nothing to a transport that did not answer, before it answers something harmless."""
        if self._away is None:
            return
        now = time.monotonic()
        if now >= self._paused_until:
            if await self.transport.answers():
                self._away, self._troubles = None, 0
                return
            self._note_trouble(self._away)
        raise TransportAway(self._away)

    def _note_trouble(self, word: str) -> None:
        self._troubles += 1
        if self._away is not None or self._troubles >= TROUBLES_IN_A_ROW:
            self._away = word
            wait = min(UNREACHABLE_MAX_S, 2.0 ** min(self._troubles - 1, 6))
            self._paused_until = max(self._paused_until, time.monotonic() + wait)
            self._trouble = TransportAway(word)

    async def _recover(self) -> None:
        """Settle what could not be settled, and what a sender left that is none any more."""
        await self.catch_up()
        async with self.database.connection() as connection:
            left = await connection.fetch(queries.RECOVER, self.name, self.settling.sender)
        for row in left:
            log.warning("a sender was lost", transport=self.name, delivery_is=row["state"])

    async def _send_due(self, until: float) -> float | None:
        """Hand over what may be handed over now.

        Returns:
            Seconds after which to look again, if nothing wakes us before; None: nothing waits.
        """
        now = time.monotonic()
        if now < self._paused_until:
            return self._paused_until - now
        if now < self._look_at:
            await asyncio.sleep(self._look_at - now)
        due, nearest = await self._look()
        for row in by_turns(due, news_first=self._has_answered):
            while (wait := self.pacing.wait_s(time.monotonic())) > 0 or self._is_full:
                if self._woken.is_set() or self._must_stop(until):
                    return 0.0
                await self._pause(wait or until - time.monotonic())
            if self._must_stop(until):
                return 0.0
            lane = None if row["priority"] == AT_ONCE else row["recipient"]
            wait = 0.0 if lane is None else self.pacing.wait_for_s(lane, time.monotonic())
            if wait > 0:
                nearest = wait if nearest is None else min(nearest, wait)
                continue
            self.pacing.note(lane, time.monotonic())
            self._has_answered = lane is None
            task = asyncio.create_task(self._send(row["id"]))
            self._under_way[row["id"]] = lane, task
            if self._woken.is_set():
                # Perhaps by something more urgent than what is left of these.
                return 0.0
        # In the same chats more may wait behind these.
        return 0.0 if due and nearest is None else nearest

    def _must_stop(self, until: float) -> bool:
        now = time.monotonic()
        is_over = now >= until or now < self._paused_until
        return is_over or self.is_stopping or self._trouble is not None

    async def _pause(self, seconds: float) -> None:
        """Wait, at most until something is queued or a call ends."""
        waits = [task for _, task in self._under_way.values()]
        woken = asyncio.ensure_future(self._woken.wait())
        try:
            await asyncio.wait(
                [woken, *waits], timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            woken.cancel()

    async def _look(self) -> tuple[list[Any], float | None]:
        began = time.monotonic()
        lanes = [lane for lane, _ in self._under_way.values() if lane is not None]
        async with self.database.connection() as connection:
            for row in await connection.fetch(queries.EXPIRE, self.name):
                DROPPED.labels(row["kind"], "expired").inc()
            due = await connection.fetch(queries.DUE, self.name, BATCH, [*self._under_way], lanes)
            next_due = await connection.fetchval(queries.NEXT_DUE, self.name)
            if due:
                due = await self._reachable(connection, due)
        now = time.monotonic()
        self._look_at = now + max(LOOK_S, 2 * (now - began))
        return due, next_due

    async def _reachable(self, connection: Connection, due: list[Any]) -> list[Any]:
        """Leave out who cannot be written to, and find those who moved next time."""
        elsewhere = await self.settling.recipients.current(
            connection, frozenset(row["recipient"] for row in due)
        )
        for recipient, current in elsewhere.items():
            if current is None:
                await connection.execute(queries.LOSE, self.name, recipient, "blocked")
            else:
                await connection.execute(queries.MOVE, self.name, recipient, current)
                self._woken.set()
        return [row for row in due if row["recipient"] not in elsewhere]

    async def _send(self, number: int) -> None:
        """Make the words of one delivery, hand it over, and settle it."""
        try:
            handed = await self._prepare(number)
            if handed is None:
                return
            outcome = await self._hand_over(*handed)
            await self._settle(handed[0], outcome)
        except DatabaseTrouble as error:
            self._trouble = error
        except Exception as error:
            # A bug of ours: it concerns this one alone, and must not be met in a circle.
            log.exception("a delivery failed", delivery=number)
            await self._give_up(number, type(error).__name__)
        finally:
            del self._under_way[number]

    async def _prepare(self, number: int) -> tuple[Handed, Content] | None:
        async with self.database.connection() as connection:
            row = await connection.fetchrow(queries.READ, number)
        if row is None:
            return None
        delivery = ClaimedDelivery(**dict(row))
        renderer = self.renderers.get(delivery.kind)
        if renderer is None:
            # Perhaps of a newer version that runs beside this one.
            await self._postpone(number, UNKNOWN_KIND_WAIT_S, "unknown kind")
            return None
        try:
            async with asyncio.timeout(RENDER_S):
                content = await renderer(delivery)
        except TimeoutError:
            await self._postpone(number, TROUBLE_WAIT_S, "no words in time")
            return None
        if content is None:
            DROPPED.labels(delivery.kind, "nothing to say").inc()
            async with self.database.connection() as connection:
                await connection.execute(queries.DROP_UNSAID, number, delivery.revision)
            return None
        handed = await self._mark(delivery)
        return None if handed is None else (handed, content)

    async def _mark(self, delivery: ClaimedDelivery) -> Handed | None:
        try:
            async with self.database.connection() as connection:
                row = await connection.fetchrow(
                    queries.MARK,
                    delivery.id,
                    self.settling.sender,
                    delivery.message_id,
                    delivery.recipient,
                )
        except DatabaseTrouble:
            self._perhaps_marked.add(delivery.id)
            raise
        if row is None:
            return None
        if row["attempts"] == 1 and delivery.message_id is None:
            waited = (row["claimed_at"] - delivery.created_at).total_seconds()
            WAITED.labels(str(delivery.priority)).observe(max(0.0, waited))
        return Handed(replace(delivery, attempts=row["attempts"]), row["claimed_at"])

    async def _hand_over(self, handed: Handed, content: Content) -> Outcome:
        delivery = handed.delivery
        try:
            outcome = await self.transport.send(content, delivery.recipient, delivery.message_id)
        except Exception:
            log.exception("a transport failed", transport=self.name, delivery=delivery.id)
            return Unknown("bug")
        self._heed(delivery.recipient, outcome)
        return outcome

    def _heed(self, recipient: str, outcome: Outcome) -> None:
        """Slow down, or stop for a while, as the transport wishes.

        A group has a limit of its own, and codes do not wait for it. Were it everybody's, the next
        call to a person would say so.
        """
        now = time.monotonic()
        match outcome:
            case RetryAfter(seconds) if self.pacing.paces.is_group(recipient):
                self.pacing.hold(recipient, now + min(seconds, PAUSE_MAX_S))
                log.warning("too fast in a group", transport=self.name, seconds=seconds)
            case RetryAfter(seconds):
                self._paused_until = max(self._paused_until, now + min(seconds, PAUSE_MAX_S))
                log.warning("too fast", transport=self.name, seconds=seconds)
            case NotSent(word, is_unreachable):
                if is_unreachable and self._away is None:
                    self._away = word
                self._note_trouble(word)
            case Unknown(word):
                self._note_trouble(word)
            case _:
                self._troubles = 0

    async def _settle(self, handed: Handed, outcome: Outcome) -> None:
        try:
            await self.settling.settle(handed, outcome)
        except DatabaseTrouble:
            self._unsettled.append((handed, outcome))
            raise

    async def _give_up(self, number: int, why: str) -> None:
        with suppress(DatabaseTrouble):
            async with self.database.connection() as connection:
                await connection.execute(
                    queries.END_QUEUED, number, DeliveryState.FAILED, why[:100]
                )

    async def _postpone(self, number: int, seconds: float, why: str) -> None:
        async with self.database.connection() as connection:
            await connection.execute(queries.POSTPONE_QUEUED, number, seconds, why)
