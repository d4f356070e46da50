"""The real product in processes of its own, as `make run` starts it."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from jiema_app.integrations.postgres.embedded import running_address

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 60
MARK = "JIEMA_TEST_MARK"
"""Set for the supervisor, inherited by all that it starts: finds what was left behind."""


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """One copy of the product with its own ports and data."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    sandbox_port: int = field(default_factory=free_port)
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    process: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Origin under which it says it can be reached."""
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes, and commands about it, must be given."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST_", "DATABASE_URL", "REDIS_URL", "MAKE"))
        }
        return inherited | {
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "JIEMA_DATA_DIR": str(self.data_dir),
            MARK: self.mark,
        }

    def start(self) -> None:
        """Start it and wait for its "ready" line."""
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jiema_app.processes", "up"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        watchdog = time.monotonic() + START_TIMEOUT_S
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith("ready "):
                break
            assert time.monotonic() < watchdog, self.output
        assert self.lines, "it printed nothing"
        assert self.lines[-1] == f"ready {self.origin}/en", self.output

    def send(self, number: signal.Signals) -> None:
        """Send its supervisor a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self) -> int:
        """Wait for its supervisor's end; the rest of its output joins ``lines``."""
        assert self.process is not None
        rest, _ = self.process.communicate(timeout=STOP_TIMEOUT_S)
        self.lines += (rest or "").splitlines()
        return self.process.returncode

    def stop(self) -> int:
        """Stop it as a user would."""
        self.send(signal.SIGTERM)
        return self.wait()

    @property
    def output(self) -> str:
        """Everything that it printed so far."""
        return "\n".join(self.lines)

    @contextlib.contextmanager
    def without_sms(self) -> Iterator[None]:
        """A number that is rented meanwhile hears nothing, however slow its buyer is."""
        usual = self._control("GET", "state")["behaviour"]["smsDelaySeconds"]
        self._control("POST", "supplier/behaviour", smsDelaySeconds=None)
        try:
            yield
        finally:
            self._control("POST", "supplier/behaviour", smsDelaySeconds=usual)

    @contextlib.contextmanager
    def without_blocks(self) -> Iterator[None]:
        """The chain stands still meanwhile, but for ``mine``."""
        self._control("POST", "tron/mine", blocks=0, auto=False)
        try:
            yield
        finally:
            self._control("POST", "tron/mine", blocks=0, auto=True)

    def mine(self) -> None:
        """Add a block to the chain."""
        self._control("POST", "tron/mine", blocks=1)

    def send_usdt(self, address: str, amount: str) -> None:
        """Have somebody pay to an address."""
        self._control("POST", "tron/transfer", to=address, amount=amount)

    def command(self, *words: str) -> str:
        """Run a command of the command line; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "jiema_app", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def let_window_pass(self, recharge: str) -> None:
        """A recharge's window is over, as if one had waited for it."""
        address = running_address(self.data_dir)
        assert address is not None

        async def move() -> None:
            connection = await asyncpg.connect(address)
            try:
                await connection.execute(
                    "update recharges set created_at = created_at - interval '1 hour', "
                    "expires_at = now(), closes_at = now() where id = $1",
                    recharge,
                )
            finally:
                await connection.close()

        # Playwright's own loop occupies this thread.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, move()).result()

    def _control(self, method: str, path: str, **order: Any) -> Any:
        """Ask the sandbox, or tell it what to do."""
        address = f"http://127.0.0.1:{self.sandbox_port}/control/{path}"
        with httpx.Client(timeout=30, trust_env=False) as http:
            return http.request(method, address, json=order).raise_for_status().json()

    def survivors(self) -> list[str]:
        """Commands of processes that it started and that still run."""
        wanted = f"{MARK}={self.mark}".encode()
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError):
                    if wanted in (folder / "environ").read_bytes().split(b"\0"):
                        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                        found.append(command.decode(errors="replace"))
        return found

    def await_no_survivors(self) -> None:
        """Wait until all that it started has ended."""
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while self.survivors() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert self.survivors() == []


@contextlib.contextmanager
def new_stack() -> Iterator[Stack]:
    """A stack that is not started yet; its data are removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="jiema-e2e-"))
    # Under root the database's own user must be able to walk to its data.
    folder.chmod(0o755)
    stack = Stack(folder)
    try:
        yield stack
    finally:
        if stack.process is not None and stack.process.poll() is None:
            stack.stop()
        shutil.rmtree(folder, ignore_errors=True)
