"""Which completed pages are kept, when anybody may ask for any of thousands of addresses.

What is asked for once must not push out what everybody asks for: somebody who walks through the
whole catalogue asks for each page once. So a page is kept for good only when it is asked for again.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from jiema_app.serving.static_files import StaticFile

NEW_MAX: Final = 60
"""Pages asked for once that are kept."""

WANTED_MAX: Final = 100
"""Pages asked for again that are kept. A large one (the whole catalogue) takes 0.1 MB in its
two compressed forms, most take 0.03 MB."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page, and what it was completed from."""

    made_from: object
    file: StaticFile


@dataclass(slots=True)
class PageShelf:
    """Two queues: pages that were asked for once, and pages that were asked for again."""

    new_max: int = NEW_MAX
    wanted_max: int = WANTED_MAX
    _new: OrderedDict[str, KeptPage] = field(default_factory=OrderedDict)
    _wanted: OrderedDict[str, KeptPage] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        """Pages that are kept."""
        return len(self._new) + len(self._wanted)

    def take(self, address: str, made_from: object) -> StaticFile | None:
        """The page, unless it is not kept or was completed from something else."""
        kept = self._wanted.get(address) or self._new.get(address)
        if kept is None or kept.made_from != made_from:
            return None
        self._want(address, kept)
        return kept.file

    def keep(self, address: str, made_from: object, file: StaticFile) -> None:
        """Keep a page that exists. One that was kept before stays where it was."""
        kept = KeptPage(made_from, file)
        if address in self._wanted:
            self._wanted[address] = kept
            return
        self._new[address] = kept
        self._new.move_to_end(address)
        if len(self._new) > self.new_max:
            self._new.popitem(last=False)

    def _want(self, address: str, kept: KeptPage) -> None:
        self._new.pop(address, None)
        self._wanted[address] = kept
        self._wanted.move_to_end(address)
        if len(self._wanted) > self.wanted_max:
            self.keep(*_spread(self._wanted.popitem(last=False)))


def _spread(item: tuple[str, KeptPage]) -> tuple[str, object, StaticFile]:
    address, kept = item
    return address, kept.made_from, kept.file
