"""Pictures that were drawn, in a folder of the data: a process that starts finds them there.

A picture's name says what is drawn in it, so a changed word, look or font has another name, and
what was drawn before is never shown again. What nobody asked for longest makes room.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 256 * 1024 * 1024
"""Six thousand pictures."""
KEPT_SHARE: Final = 0.75
"""Of that, when room is made: not for each new picture."""
LOOKED_THROUGH_EVERY: Final = 100
"""Pictures that are kept before somebody adds up what all take."""

NAME: Final = re.compile(r"[0-9a-f]{40}\.png")
UNFINISHED: Final = ".new-"


@dataclass(slots=True)
class KeptPictures:
    """A folder of pictures. Several processes may use it at once."""

    folder: Path
    max_bytes: int = MAX_BYTES
    _since_look: int = LOOKED_THROUGH_EVERY

    def read(self, name: str) -> bytes | None:
        """A picture; None when it is not there."""
        path = self.folder / name
        try:
            content = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)  # it was asked for
        return content

    def keep(self, name: str, content: bytes) -> None:
        """Put a picture in, whole or not at all. A full disk keeps none, and nobody minds."""
        assert NAME.fullmatch(name)
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._write(name, content)
            self._since_look += 1
            if self._since_look >= LOOKED_THROUGH_EVERY:
                self._since_look = 0
                self._make_room()

    def _write(self, name: str, content: bytes) -> None:
        number, fresh = tempfile.mkstemp(prefix=UNFINISHED, dir=self.folder)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
            Path(fresh).replace(self.folder / name)
        except OSError:
            Path(fresh).unlink(missing_ok=True)
            raise

    def _make_room(self) -> None:
        """Take out what was asked for longest ago, until there is room again."""
        found = sorted(self._files())
        taken = sum(size for _, size, _ in found)
        if taken <= self.max_bytes:
            return
        for _, size, path in found:
            if taken <= self.max_bytes * KEPT_SHARE:
                return
            path.unlink(missing_ok=True)
            taken -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if NAME.fullmatch(entry.name) or entry.name.startswith(UNFINISHED):
                    with suppress(FileNotFoundError):
                        told = entry.stat()
                        yield told.st_mtime, told.st_size, Path(entry.path)
