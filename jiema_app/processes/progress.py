"""One line that says what is being done, how far it is, and for how long already.

On a terminal it is rewritten in place. Elsewhere, in a log or in CI, a step says when it
begins and when it ends, and once in a while how far it is. Steps that go on side by side
share the line.

Used before the virtual environment exists too: the standard library alone.
"""

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, TextIO

REDRAWN_EVERY_S: Final = 0.2
TOLD_EVERY_S: Final = 10.0
"""Without a terminal: how often a long step says that it goes on."""
CLEARED: Final = "\r\x1b[K"


class Step:
    """Something that takes a while. Whoever does it says how far it is."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.far = ""
        self._began = time.monotonic()
        self.told_at = self._began

    def at(self, far: str) -> None:
        """How far it is, in a few words: ``34 of 73 MB``."""
        self.far = far

    @property
    def seconds(self) -> str:
        """For how long it goes on."""
        return f"{time.monotonic() - self._began:.0f} s"

    @property
    def words(self) -> str:
        """What to show while it goes on."""
        return ", ".join(part for part in (f"{self.name} …", self.far, self.seconds) if part)


class Progress:
    """Shows steps on one stream; may be used from several threads."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Show them on ``stream``, by default standard output."""
        self._stream = stream or sys.stdout
        self._is_terminal = self._stream.isatty()
        self._steps: list[Step] = []
        self._lock = threading.Lock()

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Show a step for as long as the block takes, and how long it took."""
        step = Step(name)
        with self._lock:
            self._steps.append(step)
            if self._is_terminal:
                self._draw()
            else:
                self._write(f"{name} …\n")
        ended = threading.Event()
        # Nothing may wait for it: a daemon.
        threading.Thread(target=self._keep_moving, args=(step, ended), daemon=True).start()
        outcome = "stopped after"
        try:
            yield step
            outcome = "done in"
        except Exception:
            outcome = "failed after"
            raise
        finally:
            ended.set()
            with self._lock:
                self._steps.remove(step)
                self._say(f"{name}: {outcome} {step.seconds}")

    def say(self, line: str) -> None:
        """Print a line that stays."""
        with self._lock:
            self._say(line)

    def _keep_moving(self, step: Step, ended: threading.Event) -> None:
        while not ended.wait(REDRAWN_EVERY_S):
            with self._lock:
                if ended.is_set():
                    return
                if self._is_terminal:
                    self._draw()
                elif time.monotonic() - step.told_at >= TOLD_EVERY_S:
                    step.told_at = time.monotonic()
                    self._write(f"{step.words}\n")

    def _say(self, line: str) -> None:
        self._write(f"{CLEARED}{line}\n" if self._is_terminal else f"{line}\n")
        if self._is_terminal and self._steps:
            self._draw()

    def _draw(self) -> None:
        width = shutil.get_terminal_size().columns - 1
        words = "  ·  ".join(step.words for step in self._steps)
        self._write(CLEARED + (words if len(words) <= width else words[: width - 1] + "…"))

    def _write(self, text: str) -> None:
        # Whoever reads it may be gone: no reason to leave the work undone.
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()
