"""Which completed pages are kept, when anybody may ask for any of twenty thousand addresses.

Memory is counted in bytes. While there is room every page is kept; when there is none, a page
takes the place of others only when it was asked for more often than each of them: somebody
who walks through the whole shop asks for each page once, and pushes nothing out that others want.
(This is TinyLFU, by Einziger, Friedman and Manes, with one queue in front of it.)
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from jiema_app.serving.asked import Asked
from jiema_app.serving.static_files import StaticFile

NEW_BYTES: Final = 1024 * 1024
"""Of pages that were made lately, whoever asked for them: some forty."""
WANTED_BYTES: Final = 7 * 1024 * 1024
"""Of the others. A page takes 0.02 MB in a compressed form, the whole catalogue 0.06 MB."""
ENTRY_BYTES: Final = 1024
"""What a page takes besides its forms: headers, policy, address."""


@dataclass(slots=True)
class KeptPage:
    """A page, what it was completed from, and the bytes that are counted for it."""

    made_from: object
    file: StaticFile
    weight: int = 0


@dataclass(slots=True)
class _Queue:
    """Pages, the one last asked for at the end."""

    room: int
    pages: "OrderedDict[str, KeptPage]" = field(default_factory=OrderedDict)
    weight: int = 0

    def put(self, address: str, kept: KeptPage) -> None:
        self.pages[address] = kept
        self.weight += kept.weight

    def take_out(self, address: str) -> KeptPage:
        kept = self.pages.pop(address)
        self.weight -= kept.weight
        return kept

    def weigh(self, kept: KeptPage) -> None:
        weight = kept.file.weight + ENTRY_BYTES
        self.weight += weight - kept.weight
        kept.weight = weight

    @property
    def is_full(self) -> bool:
        return self.weight > self.room


class PageShelf:
    """Pages that were made lately, and pages that are asked for more often than others."""

    def __init__(self, new_bytes: int = NEW_BYTES, wanted_bytes: int = WANTED_BYTES) -> None:
        self._new = _Queue(new_bytes)
        self._wanted = _Queue(wanted_bytes)
        self._asked = Asked()

    def __len__(self) -> int:
        """Pages that are kept."""
        return len(self._new.pages) + len(self._wanted.pages)

    @property
    def weight(self) -> int:
        """Bytes that are kept."""
        return self._new.weight + self._wanted.weight

    def is_wanted(self, address: str) -> bool:
        """Whether the page was asked for more often than others, as it is or as it was."""
        return address in self._wanted.pages

    def take(self, address: str, made_from: object) -> StaticFile | None:
        """The page, unless it is not kept or was completed from something else."""
        queue = self._queue_of(address)
        if queue is None:
            return None
        kept = queue.pages[address]
        if kept.made_from != made_from:
            return None
        self._asked.note(address)
        queue.pages.move_to_end(address)
        return kept.file

    def last(self, address: str) -> StaticFile | None:
        """The page as it was, whatever it was completed from."""
        queue = self._queue_of(address)
        return queue.pages[address].file if queue else None

    def keep(self, address: str, made_from: object, file: StaticFile) -> None:
        """Keep a page that exists, and that was asked for."""
        self._asked.note(address)
        queue = self._queue_of(address)
        if queue is None:
            queue = self._new
            queue.put(address, KeptPage(made_from, file))
        kept = queue.pages[address]
        kept.made_from, kept.file = made_from, file
        queue.pages.move_to_end(address)
        self.weigh(address)

    def weigh(self, address: str) -> None:
        """Count the bytes of a page anew: it has one more form now."""
        queue = self._queue_of(address)
        if queue is None:
            return
        queue.weigh(queue.pages[address])
        while self._new.is_full:
            oldest = next(iter(self._new.pages))
            self._admit(oldest, self._new.take_out(oldest))
        while self._wanted.is_full:
            self._wanted.take_out(next(iter(self._wanted.pages)))

    def _admit(self, address: str, candidate: KeptPage) -> None:
        """Keep a page that is new no more, if it is wanted more than those it pushes out."""
        asked = self._asked.count(address)
        needed = self._wanted.weight + candidate.weight - self._wanted.room
        out: list[str] = []
        for other, kept in self._wanted.pages.items():
            if needed <= 0:
                break
            if self._asked.count(other) >= asked:
                return
            out.append(other)
            needed -= kept.weight
        if needed > 0:
            return
        for other in out:
            self._wanted.take_out(other)
        self._wanted.put(address, candidate)

    def _queue_of(self, address: str) -> _Queue | None:
        for queue in (self._wanted, self._new):
            if address in queue.pages:
                return queue
        return None
