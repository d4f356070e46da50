"""Everything the figures are measured on: a database, a sandbox, and the real processes."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx

from jiema_app.bootstrap import Services, build_services
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.integrations.postgres import embedded
from jiema_app.integrations.postgres.migrations import upgrade_to_head
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.integrations.supplier.registry import build_suppliers
from jiema_app.processes.fingerprints import current_build
from jiema_app.processes.parent_death import die_with_parent
from jiema_app.processes.paths import ROOT
from jiema_app.processes.serve import granian_command
from jiema_app.settings import Settings

START_TIMEOUT_S: Final = 60
STOP_TIMEOUT_S: Final = 10
HOST: Final = "127.0.0.1"

SERVICE, COUNTRY = "tg", 7
"""What is ordered; the sandbox is given enough of it."""

FOREIGN: Final = (
    "DATABASE_", "SUPPLIER_", "ORDER_", "LIMIT_", "GEO_", "JIEMA_", "SANDBOX_", "REDIS_",
    "SENTRY_", "TRON_", "RECHARGE_", "PAYOUT_", "SIGNER_", "PORT", "MAKE", "MFLAGS",
)  # fmt: skip
"""Variables of the caller that would change what is measured."""

OWN: Final = "JIEMA_LOCALES"
"""Which pages were built; a build for other languages would be missing."""

LIMITS_LIFTED: Final = {
    "LIMIT_READS_PER_MINUTE": "100000000",
    "LIMIT_WRITES_PER_MINUTE": "100000000",
    "LIMIT_ANONYMOUS_PER_MINUTE": "100000000",
    "LIMIT_OPEN_ORDERS": "1000000",
    "LIMIT_PAGES_PER_ADDRESS": "1000000",
    "LIMIT_PAGE_OPENINGS_PER_MINUTE": "100000000",
    "LIMIT_PAGE_EVENTS_PER_MINUTE": "100000000",
}


def forget_foreign_environment() -> None:
    """Leave this process, and all that it starts, with the product's own defaults."""
    for name in [name for name in os.environ if name.startswith(FOREIGN) and name != OWN]:
        del os.environ[name]


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def with_database(address: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(address)
    # urlunsplit drops the empty authority that a socket address has.
    return urlunsplit((parts.scheme, parts.netloc or "postgres@", f"/{name}", parts.query, ""))


@dataclass(slots=True)
class Process:
    """A process of ours, with its output in a file."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        self.popen.terminate()
        try:
            self.popen.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()

    def pids(self) -> list[int]:
        """Its own, and its children's: granian's worker is one."""
        return [self.popen.pid, *_children(self.popen.pid)]

    def rss_mb(self) -> float:
        """Resident memory of it, or of its largest child: granian's worker."""
        return max(_rss_kb(pid) for pid in self.pids()) / 1024

    def processor_s(self) -> list[float]:
        """Seconds of the processor that it and each of its children took so far."""
        return [_processor_s(pid) for pid in self.pids()]

    def last_words(self) -> str:
        """The end of its output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def _rss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = (int(fields[place]) for place in (11, 12))
    return (user + system) / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Web:
    """A web process: the product's, or the baseline's."""

    process: Process
    port: int

    @property
    def origin(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"


@dataclass
class Arena:
    """A database cluster of its own and a folder for everything else."""

    folder: Path
    server: str
    _database: int = 0
    _logs: int = 0
    _opened: list[IO[bytes]] = field(default_factory=list)

    @contextmanager
    def process(
        self, name: str, command: list[str], environment: Mapping[str, str], root: Path = ROOT
    ) -> Iterator[Process]:
        """Run a command, in a checkout's folder, until the block ends."""
        self._logs += 1
        log = self.folder / f"{self._logs:02}-{name}.log"
        with log.open("wb") as output:
            popen = subprocess.Popen(
                command,
                cwd=root,
                env={**os.environ, **environment, "JIEMA_DATA_DIR": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent(),  # noqa: PLW1509 - one call into libc
            )
            process = Process(name, popen, log)
            try:
                yield process
            finally:
                process.stop()

    async def new_database(self, template: str | None = None) -> str:
        """A migrated database, or a copy of one."""
        self._database += 1
        name = f"bench_{self._database}"
        connection = await asyncpg.connect(self.server)
        copied = f'template "{template}" strategy file_copy' if template else ""
        await connection.execute(f'create database "{name}" {copied}')
        await connection.close()
        address = with_database(self.server, name)
        if template is None:
            await asyncio.to_thread(upgrade_to_head, address)
        return address

    @asynccontextmanager
    async def sandbox(self) -> AsyncIterator[httpx.AsyncClient]:
        """A quiet sandbox with plenty in stock; yields a client of its controls."""
        port = free_port()
        environment = {"SANDBOX_PORT": str(port), "SANDBOX_ROUTE_QUALITY": "0"}
        shutil.rmtree(self.folder / "sandbox", ignore_errors=True)
        with self.process("sandbox", [sys.executable, "-m", "sandbox"], environment) as process:
            async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=60) as control:
                await answers(control, "/healthz", process)
                quiet = {"smsDelaySeconds": None, "minCancelSeconds": 0, "latencyMs": 0}
                offer = {"service": SERVICE, "country": COUNTRY, "costUsd": 0.1, "count": 10**8}
                await must(control.post("/control/supplier/behaviour", json=quiet))
                await must(control.post("/control/supplier/offer", json=offer))
                yield control

    @asynccontextmanager
    async def web(
        self, environment: Mapping[str, str], *, workers: int = 1, root: Path = ROOT
    ) -> AsyncIterator[Web]:
        """The product's web processes: with their pages when they are built, else the API alone.

        Args:
            environment: What they are told.
            workers: How many share one port.
            root: The checkout whose code runs.
        """
        application = "jiema_app.asgi:create" if has_pages() else "api_routes.app:create_api"
        port = free_port()
        command = granian_command(HOST, port, workers, "--factory", application)
        environment = {**environment, "PORT": str(port)}
        if workers > 1:
            # As `serve` has them share their figures.
            figures = Path(tempfile.mkdtemp(prefix="figures-", dir=self.folder))
            environment["PROMETHEUS_MULTIPROC_DIR"] = str(figures)
        with self.process("web", command, environment, root=root) as process:
            async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
                await answers(client, "/healthz", process)
            yield Web(process, port)

    @asynccontextmanager
    async def redis(self) -> AsyncIterator[tuple[str, Process]]:
        """A Redis server that keeps nothing on disk: its address, and its process."""
        port = free_port()
        nothing_kept = ("--save", "", "--appendonly", "no", "--dir", str(self.folder))
        command = ["redis-server", "--bind", HOST, "--port", str(port), *nothing_kept]
        with self.process("redis", command, {}) as process:
            await listens(port, process)
            yield f"redis://{HOST}:{port}/0", process

    @asynccontextmanager
    async def baseline(
        self,
        environment: Mapping[str, str],
        application: str = "benchmarks.baselines:app",
        ready: str = "/services",
        *,
        workers: int = 1,
    ) -> AsyncIterator[Web]:
        """A hand-written application, served in the same way; ``ready`` is one of its addresses."""
        port = free_port()
        command = granian_command(HOST, port, workers, application)
        with self.process("baseline", command, environment) as process:
            async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
                await answers(client, ready, process)
            yield Web(process, port)

    @contextmanager
    def worker(self, environment: Mapping[str, str]) -> Iterator[Process]:
        """The product's job worker."""
        with self.process("worker", [sys.executable, "-m", "backend_jobs"], environment) as process:
            yield process


@contextmanager
def open_arena() -> Iterator[Arena]:
    """A server and a folder, both gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="jiema-bench-"))
    # Under root the database's own user must be able to walk to its data.
    folder.chmod(0o755)
    try:
        yield Arena(folder, embedded.start(folder, die_with_us=True))
    finally:
        embedded.stop(folder)
        shutil.rmtree(embedded.cluster_directory(folder).parent, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def services_on(address: str, sandbox: httpx.AsyncClient) -> AsyncIterator[Services]:
    """The product's services in this process, without any pace, for making test data."""
    settings = Settings()
    settings = settings.model_copy(
        update={
            "supplier": settings.supplier.model_copy(
                update={"base_url": str(sandbox.base_url), "requests_per_second": 0}
            ),
            "limits": settings.limits.model_copy(update={"open_orders": 10**6}),
        }
    )
    pool = await open_pool(address, name="bench", size=16, statement_timeout_s=120)
    async with build_suppliers(settings) as suppliers:
        try:
            yield build_services(settings, PooledDatabase(pool), suppliers)
        finally:
            await pool.close()


def environment_of(
    address: str, sandbox: httpx.AsyncClient, *, supplier_pace: int
) -> dict[str, str]:
    """What the product's processes are told."""
    return {
        **LIMITS_LIFTED,
        "DATABASE_URL": address,
        "SANDBOX_PORT": str(sandbox.base_url.port),
        "SUPPLIER_REQUESTS_PER_SECOND": str(supplier_pace),
        "JIEMA_LOG_LEVEL": "WARNING",
    }


def has_pages() -> bool:
    """Whether the pages are built, so that the whole web process can run."""
    return current_build(Settings().locales).exists()


async def must(request: Any) -> httpx.Response:
    """The answer, which has to be a success."""
    response: httpx.Response = await request
    return response.raise_for_status()


async def answers(client: httpx.AsyncClient, path: str, process: Process) -> None:
    """Wait until a process answers.

    Raises:
        RuntimeError: It ended, or never did.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.popen.poll() is None:
        with suppress(httpx.TransportError):
            if (await client.get(path)).is_success:
                return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{process.name} did not start:\n{process.last_words()}")


async def listens(port: int, process: Process) -> None:
    """Wait until a process takes connections.

    Raises:
        RuntimeError: It ended, or never did.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.popen.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{process.name} did not start:\n{process.last_words()}")
