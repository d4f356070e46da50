"""An append-only journal that survives SIGKILL.

One JSON array per line. A line is handed to the kernel in a single `write` before
the caller is answered, so a killed process loses nothing it has acknowledged; only a
power cut could, and the sandbox does not pay an fsync per purchase for that.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

Event = list[Any]

COMPACT_ABOVE_BYTES = 128 * 1024 * 1024
"""Rewrite as a snapshot beyond this size: about half a million purchases."""


class JournalLockedError(RuntimeError):
    """Another sandbox process already writes to this directory."""


class Journal:
    """The journal file of one part, held by an exclusive lock."""

    __slots__ = ("_descriptor", "_lock", "_path", "size_bytes", "torn_lines")

    def __init__(self, directory: Path, name: str) -> None:
        """Lock the journal `<directory>/<name>.jsonl`, creating it when missing.

        Raises:
            JournalLockedError: Another live process holds it. Nothing was touched.
        """
        directory.mkdir(parents=True, exist_ok=True)
        self._path = directory / f"{name}.jsonl"
        self._lock = os.open(directory / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            message = f"another sandbox process is using {directory}"
            raise JournalLockedError(message) from None
        self._descriptor = -1
        self.size_bytes = 0
        self.torn_lines = 0

    def replay(self) -> Iterator[Event]:
        """Yield every readable event in order.

        A line torn by a kill is counted and passed over; `rewrite` then removes it.
        """
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for line in file:
                try:
                    event = orjson.loads(line)
                except orjson.JSONDecodeError:
                    self.torn_lines += 1
                    continue
                if line.endswith(b"\n") and isinstance(event, list) and event:
                    yield event
                else:
                    self.torn_lines += 1

    def rewrite(self, snapshot: Iterable[Event]) -> None:
        """Replace the file by a snapshot, atomically, and append after it."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            for event in snapshot:
                file.write(orjson.dumps(event) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        self._close_file()
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        self.size_bytes = self._path.stat().st_size

    def append(self, event: Event) -> None:
        """Write one event through to the kernel."""
        line = orjson.dumps(event) + b"\n"
        written = os.write(self._descriptor, line)
        while written < len(line):
            written += os.write(self._descriptor, line[written:])
        self.size_bytes += len(line)

    def close(self) -> None:
        """Release the file and the lock."""
        self._close_file()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _close_file(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
