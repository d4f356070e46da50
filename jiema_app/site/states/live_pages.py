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
"""Pages of one visitor that are refreshed at a time, however many of their things have changed.
Somebody may have hundreds open, each of which shows 25 orders, and have all of these change in
one second: all at once would stop everybody else."""

OWNER: Final = "user:"
"""How the topic begins that says whose page it is."""
EVERYBODY: Final = ""
"""Whose pages are due when announcements may have been missed: all, in turn."""


def orders_topic(user_id: str) -> str:
    """Announced when any order or top-up of a user has changed, and with it their balance."""
    return f"orders:{user_id}"


def commission_topic(user_id: str) -> str:
    """Announced when the link of a user has done something, or their commission has changed."""
    return f"commission:{user_id}"


class Watch(NamedTuple):
    """One open page: its connection's token, and how its state is refreshed."""

    token: str
    state: type


class Pusher(Protocol):
    """What Reflex does for us; kept behind a name because parts of it are private to it."""

    async def is_connected(self, token: str) -> bool:
        """Whether this process holds the token's connection."""
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
        self._of_token: defaultdict[str, set[Watch]] = defaultdict(set)
        self._pushes: set[asyncio.Task[None]] = set()
        self._due: dict[str, dict[Watch, None]] = {}
        """By owner: which pages are still to be refreshed. One that waits already will read what
        is new now, whichever of the things on it that is."""
        self._lanes: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._topics)

    def watch(self, topics: Collection[str], token: str, state: type) -> None:
        """Have a state of a page refreshed when one of the topics changes.

        Replaces what the same state of the same page watched before.

        Args:
            topics: For example ``{"order:c…", "user:c…"}``. The user's says whose page it is.
            token: The page's connection.
            state: The state class with an async method ``refresh``.
        """
        watch = Watch(token, state)
        self._forget(watch)
        if topics:
            self._topics[watch] = frozenset(topics)
            self._of_token[token].add(watch)
        for topic in topics:
            self._watching[topic].add(watch)

    def announce(self, topic: str) -> None:
        """Something changed: refresh the pages that watch it, in the background."""
        of_owner: defaultdict[str, list[Watch]] = defaultdict(list)
        for watch in self._watching.get(topic, ()):
            of_owner[self._owner(watch)].append(watch)
        for owner, watches in of_owner.items():
            self._put(owner, watches)

    def announce_all(self) -> None:
        """Announcements may have been missed: refresh every watching page."""
        self._put(EVERYBODY, self._topics)

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
        for watch in tuple(self._of_token.get(token, ())):
            self._forget(watch)

    def _forget(self, watch: Watch) -> None:
        if watch in self._topics:
            self._of_token[watch.token].discard(watch)
            if not self._of_token[watch.token]:
                del self._of_token[watch.token]
        for topic in self._topics.pop(watch, ()):
            watching = self._watching[topic]
            watching.discard(watch)
            if not watching:
                del self._watching[topic]

    def _owner(self, watch: Watch) -> str:
        """Whose page it is; a page that does not say so is nobody else's."""
        topics = self._topics[watch]
        return next((topic for topic in topics if topic.startswith(OWNER)), watch.token)

    def _put(self, owner: str, watches: Collection[Watch]) -> None:
        """Have pages refreshed, in the background."""
        if not watches:
            return
        due = self._due.setdefault(owner, {})
        due.update(dict.fromkeys(watches))
        for _ in range(self._lanes[owner], min(LANES, len(due))):
            self._lanes[owner] += 1
            self._start(self._refresh_due(owner))

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._pushes.add(task)
        task.add_done_callback(self._pushes.discard)

    async def _refresh_due(self, owner: str) -> None:
        """Refresh pages one after the other, until none is due: one of several lanes."""
        due = self._due[owner]
        try:
            while due:
                watch = next(iter(due))
                del due[watch]
                await self._refresh(watch)
        finally:
            self._lanes[owner] -= 1
            if not self._lanes[owner]:
                del self._lanes[owner], self._due[owner]

    async def _refresh(self, watch: Watch) -> None:
        try:
            if await self._pusher.is_connected(watch.token):
                await self._pusher.refresh(watch)
            else:
                self._forget(watch)
        except Exception:
            log.warning("page not refreshed", exc_info=True)
