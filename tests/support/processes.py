"""One program in a process of its own, for tests that kill and restart it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from jiema_app.processes.parent_death import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 300.0
STOP_TIMEOUT_S = 60.0
"""Both end a test that would hang, and nothing else."""

PAUSE_S = 0.02


def listens(port: int) -> bool:
    """Whether somebody accepts connections on a port of the loopback address."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str, status: int = 200) -> bool:
    """Whether a GET of an address has this status now."""
    try:
        return httpx.get(url, timeout=30, trust_env=False).status_code == status
    except httpx.HTTPError:
        return False


class DidNotStart(AssertionError):
    """The program ended, or is not ready in time; the message holds what it printed."""


@dataclass
class Program:
    """A program that can be started, stopped, killed and started again.

    Attributes:
        name: How messages call it.
        command: What is run, from the root of the repository.
        environment: Its whole environment.
        log: Where its output goes, one start after the other.
        is_ready: Asked again and again after a start.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    is_ready: Callable[[], bool]
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def is_running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    @property
    def output(self) -> str:
        """Everything that it printed so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def launch(self) -> None:
        """Start it, without waiting until it is ready."""
        assert not self.is_running, f"{self.name} runs already"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own: what it starts can be killed together with it.
                start_new_session=True,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 - one call into libc
            )

    def await_ready(self) -> None:
        """Wait until it does its work.

        Raises:
            DidNotStart: It does not.
        """
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.is_ready():
            if not self.is_running or time.monotonic() > deadline:
                raise DidNotStart(f"{self.name}:\n{self.output[-4000:]}")
            time.sleep(PAUSE_S)

    def start(self) -> None:
        """Start it and wait until it does its work."""
        self.launch()
        self.await_ready()

    def stop(self) -> int | None:
        """End it in good order; killed when it does not listen. Returns its exit code."""
        if self.is_running:
            self.send(signal.SIGTERM)
            assert self._process is not None
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.kill()
        return self._process.returncode if self._process else None

    def kill(self) -> None:
        """``kill -9`` of it and of all that it started."""
        self.send(signal.SIGKILL, group=True)
        if self._process is not None:
            self._process.wait(STOP_TIMEOUT_S)

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def send(self, number: int, *, group: bool = False) -> None:
        """Send it a signal; ``SIGSTOP`` with ``group`` freezes it, ``SIGCONT`` thaws it."""
        if self._process is None:
            return
        try:
            (os.killpg if group else os.kill)(self._process.pid, number)
        except ProcessLookupError:
            return
