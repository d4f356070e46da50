"""The processes of the Procfile: started, watched, restarted, stopped.

The Procfile is honcho's, and so is the look of the output; ``honcho start`` works too.
What we add: children die with us even when we are killed, one that crashes is started
again, and stopping leaves nothing behind.
"""

import datetime as dt
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO

from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

from jiema_app.processes.parent_death import die_with_parent
from jiema_app.processes.progress import CLEARED

STOP_TIMEOUT_S: Final = 10
"""Given to children to finish what they do; then they are killed."""
CRASH_WINDOW_S: Final = 60
CRASHES_MAX: Final = 5
"""A child that crashes more often than this within the window stays down."""


def read_procfile(path: Path) -> dict[str, str]:
    """Commands by name."""
    return dict(parse_procfile(path.read_text(encoding="utf-8")).processes)


class Child:
    """One process of the Procfile and its output."""

    def __init__(self, name: str, command: str, output: "Output") -> None:
        self.name = name
        self._command = command
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None
        self._crashes: list[float] = []

    def start(self, environment: Mapping[str, str], folder: Path) -> None:
        """Start it, in a session of its own: a Ctrl-C reaches us alone."""
        # What a crashed predecessor had started would hold its port.
        self.signal(signal.SIGKILL)
        self._process = subprocess.Popen(  # noqa: S602 - a Procfile holds shell commands, and is ours
            self._command,
            shell=True,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509 - one call into libc, prepared before
        )
        threading.Thread(target=self._pump, args=(self._process,), daemon=True).start()

    def _pump(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self._output.write(self.name, line.decode(errors="replace"))

    @property
    def exit_code(self) -> int | None:
        """How it ended, or None while it runs."""
        return self._process.poll() if self._process else None

    def may_restart(self) -> bool:
        """Whether it has crashed seldom enough to be worth another start."""
        now = time.monotonic()
        self._crashes = [at for at in self._crashes if now - at < CRASH_WINDOW_S] + [now]
        return len(self._crashes) <= CRASHES_MAX

    def signal(self, number: int) -> None:
        """Send a signal to the process and all that it started."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def wait(self, until: float) -> None:
        """Wait for its end, at most until that moment."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=max(0.0, until - time.monotonic()))


class Output:
    """One stream for all children, each line with the time and the child's name."""

    def __init__(self, stream: TextIO, names: list[str]) -> None:
        self._printer = Printer(stream, width=max(map(len, [*names, "system"])))
        self._stream = stream
        # On a terminal somebody else's line may stand there: see progress.py.
        self._before = CLEARED if stream.isatty() else ""
        self._lock = threading.Lock()
        self._colours = dict(zip(names, get_colours(), strict=False))
        self.is_broken = False

    def write(self, name: str, text: str) -> None:
        """Print lines of a child."""
        now = dt.datetime.now().astimezone()
        message = Message("line", text, now, name, self._colours.get(name))
        with self._lock:
            try:
                self._stream.write(self._before)
                self._printer.write(message)
            except (OSError, ValueError):
                self.is_broken = True

    def announce(self, line: str) -> None:
        """Print a line as it is."""
        with self._lock:
            try:
                print(f"{self._before}{line}", file=self._stream, flush=True)
            except (OSError, ValueError):
                self.is_broken = True


def stop_all(children: list[Child], patience_s: float = STOP_TIMEOUT_S) -> None:
    """Ask all to stop, wait that long, and kill whatever is left of them."""
    for child in children:
        child.signal(signal.SIGTERM)
    until = time.monotonic() + patience_s
    for child in children:
        child.wait(until)
    for child in children:
        # Also when it ended: what it started may not have.
        child.signal(signal.SIGKILL)
        child.wait(time.monotonic() + 1)
