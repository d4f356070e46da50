"""Waiting for an order to change, without asking the database again and again."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from jiema_app.domain.units import OrderId


class OrderWatch:
    """Wakes those who wait for an order. Fed by the database's notifications."""

    def __init__(self) -> None:
        self._watchers: defaultdict[OrderId, set[asyncio.Event]] = defaultdict(set)
        self.listeners: list[Callable[[OrderId | None, str], None]] = []
        """Told of every change, and whose it is; of None when changes may have been missed."""

    @contextmanager
    def watching(self, order: OrderId) -> Iterator[asyncio.Event]:
        """An event that is set when the order changes.

        Enter before reading the order: a change between the two is then not missed.
        """
        event = asyncio.Event()
        self._watchers[order].add(event)
        try:
            yield event
        finally:
            watchers = self._watchers[order]
            watchers.discard(event)
            if not watchers:
                del self._watchers[order]

    def hear(self, payload: str) -> None:
        """Take an announcement: the order, and where it is of interest whose."""
        order, _, owner = payload.partition(" ")
        self.wake(OrderId(order), owner)

    def wake(self, order: OrderId, owner: str = "") -> None:
        """Say that an order has changed.

        Args:
            order: Which.
            owner: Whose; empty when nothing that its owner sees elsewhere has changed.
        """
        for event in self._watchers.get(order, ()):
            event.set()
        for listen in self.listeners:
            listen(order, owner)

    def wake_all(self) -> None:
        """Have everybody look again: notifications may have been missed."""
        for events in self._watchers.values():
            for event in events:
                event.set()
        for listen in self.listeners:
            listen(None, "")

    def __len__(self) -> int:
        """Orders being watched."""
        return len(self._watchers)
