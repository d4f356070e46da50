"""Telling open pages that something they show has changed.

A page says what it watches when it loads. When the database announces a change, the
process that holds the page's connection has the page's state read itself anew: the
announcement carries no content, and the state checks once more whose page it is.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Collection
from typing import Final, NamedTuple, Protocol

import structlog

log = structlog.get_logger()

SWEEP_S: Final = 30.0
"""How often pages that were closed are forgotten, and the open ones kept."""

LANES: Final = 4
"""Pages that are refreshed at a time because of one topic. Somebody may have hundreds open, and
have something of theirs change many times a second: all at once would stop everybody else."""


class Watch(NamedTuple):
    """One open page: its connection's token, and how its state is refreshed."""

    token: str
    state: type


class Pusher(Protocol):
    """What Reflex does for us; kept behind a name because parts of it are private to it."""

    async def is_connected(self, token: str) -> bool:
        """Whether this process, or another one, holds the token's connection."""
        ...

    async def keep(self, watch: Watch) -> None:
        """Have Reflex not forget whose page it is, however long nothing happens there."""
        ...

    async def refresh(self, watch: Watch) -> None:
        """Run the ``refresh`` of the watching state and send the page what changed."""
        ...


class LivePages:
    """Which open pages watch what, in this process."""

    def __init__(self, pusher: Pusher) -> None:
        self._pusher = pusher
        self._watching: defaultdict[str, set[Watch]] = defaultdict(set)
        self._topics: dict[Watch, frozenset[str]] = {}
        self._pushes: set[asyncio.Task[None]] = set()
        self._due: dict[str, dict[Watch, None]] = {}
        """By topic: which pages are still to be refreshed. One that waits already will read what
        is new now."""
        self._lanes: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._topics)

    def watch(self, topics: Collection[str], token: str, state: type) -> None:
        """Have a state of a page refreshed when one of the topics changes.

        Replaces what the same state of the same page watched before.

        Args:
            topics: For example ``{"order:c…", "user:c…"}``.
            token: The page's connection.
            state: The state class with an async method ``refresh``.
        """
        watch = Watch(token, state)
        self._forget(watch)
        if topics:
            self._topics[watch] = frozenset(topics)
        for topic in topics:
            self._watching[topic].add(watch)

    def announce(self, topic: str) -> None:
        """Something changed: refresh the pages that watch it, in the background."""
        watching = self._watching.get(topic)
        if not watching:
            return
        due = self._due.setdefault(topic, {})
        due.update(dict.fromkeys(watching))
        for _ in range(self._lanes[topic], min(LANES, len(due))):
            self._lanes[topic] += 1
            self._start(self._refresh_due(topic))

    def announce_all(self) -> None:
        """Announcements may have been missed: refresh every watching page."""
        for watch in tuple(self._topics):
            self._start(self._refresh(watch))

    async def sweep(self) -> None:
        """Tidy up from time to time, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_S)
            await self.tidy()

    async def tidy(self) -> None:
        """Forget pages that were closed, and keep those that are open."""
        for watch in tuple(self._topics):
            try:
                if await self._pusher.is_connected(watch.token):
                    await self._pusher.keep(watch)
                else:
                    self._forget(watch)
            except Exception:
                log.warning("page not kept", exc_info=True)

    def forget(self, token: str) -> None:
        """Forget all that a page watches: its state is there no more."""
        for watch in tuple(self._topics):
            if watch.token == token:
                self._forget(watch)

    def _forget(self, watch: Watch) -> None:
        for topic in self._topics.pop(watch, ()):
            watching = self._watching[topic]
            watching.discard(watch)
            if not watching:
                del self._watching[topic]

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._pushes.add(task)
        task.add_done_callback(self._pushes.discard)

    async def _refresh_due(self, topic: str) -> None:
        """Refresh pages one after the other, until none is due: one of several lanes."""
        due = self._due[topic]
        try:
            while due:
                watch = next(iter(due))
                del due[watch]
                await self._refresh(watch)
        finally:
            self._lanes[topic] -= 1
            if not self._lanes[topic]:
                del self._lanes[topic], self._due[topic]

    async def _refresh(self, watch: Watch) -> None:
        try:
            if await self._pusher.is_connected(watch.token):
                await self._pusher.refresh(watch)
            else:
                self._forget(watch)
        except Exception:
            log.warning("page not refreshed", exc_info=True)
