"""The real product in processes of its own, as `make run` starts it."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
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
from tests.support.polling import PATIENCE_S
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
MARK = "JIEMA_TEST_MARK"
"""Set for the supervisor, inherited by all that it starts: finds what was left behind."""


@dataclass
class Stack:
    """One copy of the product with its own ports and data."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    sandbox_port: int = field(default_factory=free_port)
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    process: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)
    _listener: threading.Thread = field(init=False)

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
            "SANDBOX_ROUTE_QUALITY": "0",
            "JIEMA_DATA_DIR": str(self.data_dir),
            # All visitors of these tests share an address, and a quick machine has many a minute.
            "LIMIT_SIGN_INS_PER_MINUTE": "10000",
            "LIMIT_PAGE_OPENINGS_PER_MINUTE": "100000",
            "LIMIT_PAGE_EVENTS_PER_MINUTE": "100000",
            MARK: self.mark,
        }

    def start(self) -> None:
        """Start it and wait for its "ready" line."""
        self.lines = []
        ready = threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jiema_app.processes", "up"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._listener = threading.Thread(
            target=self._listen, args=(self.process, ready), daemon=True
        )
        self._listener.start()
        assert ready.wait(PATIENCE_S), self.output
        assert f"ready {self.origin}/en" in self.lines, self.output

    def _listen(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        """Keep what it prints, until its end: who prints into a full pipe stands still."""
        assert process.stdout is not None
        with process.stdout as printed:
            for line in printed:
                self.lines.append(line.rstrip())
                if line.startswith("ready "):
                    ready.set()
        ready.set()

    def send(self, number: signal.Signals) -> None:
        """Send its supervisor a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self) -> int:
        """Wait for its supervisor's end, and that of its output."""
        assert self.process is not None
        code = self.process.wait(PATIENCE_S)
        self._listener.join(PATIENCE_S)
        return code

    def stop(self) -> int:
        """Stop it as a user would."""
        self.send(signal.SIGTERM)
        return self.wait()

    @property
    def output(self) -> str:
        """Everything that it printed so far."""
        return "\n".join(self.lines)

    def ask(self, path: str, method: str = "GET", **more: Any) -> httpx.Response:
        """What it answers, however busy the machine is."""
        address = f"{self.origin}{path}"
        return httpx.request(method, address, timeout=PATIENCE_S, trust_env=False, **more)

    def await_ready(self) -> None:
        """Wait until it can sell: a busy machine may hold up a worker for a moment."""
        deadline = time.monotonic() + PATIENCE_S
        while (answer := self.ask("/readyz")).status_code != 200:
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.05)

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
        with httpx.Client(timeout=PATIENCE_S, trust_env=False) as http:
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
        deadline = time.monotonic() + PATIENCE_S
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
