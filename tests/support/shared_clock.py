"""A clock of several processes, which one of them moves."""

import mmap
import struct
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_SIZE: Final = struct.calcsize("d")


class SharedClock:
    """The machine's clock, and as many seconds more as a file says."""

    def __init__(self, file: Path) -> None:
        """Go by a file, which is made where there is none."""
        if not file.exists():
            file.write_bytes(struct.pack("d", 0.0))
        with file.open("r+b") as opened:
            self._map: Final = mmap.mmap(opened.fileno(), _SIZE)

    @property
    def offset_s(self) -> float:
        """How far it is ahead."""
        (offset,) = struct.unpack("d", self._map[:_SIZE])
        return float(offset)

    @offset_s.setter
    def offset_s(self, seconds: float) -> None:
        self._map[:_SIZE] = struct.pack("d", seconds)

    def now(self) -> datetime:
        """The moment it is, as a service asks for it."""
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        """Likewise, in seconds since 1970, as a node does."""
        return time.time() + self.offset_s
