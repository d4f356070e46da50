"""A real PostgreSQL for the tests, and a fresh database for each of them.

Databases are copied from a template that was migrated by alembic and holds the catalogue
and the sandbox's offers: 60 ms each, with real commits, so that deferred constraints,
notifications and races behave as they do in production.
"""

import asyncio
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx

from jiema_app.bootstrap import build_services
from jiema_app.domain.transaction import PooledDatabase
from jiema_app.integrations.postgres import embedded
from jiema_app.integrations.postgres.migrations import head_revision, upgrade_to_head
from jiema_app.integrations.postgres.pool import open_pool
from jiema_app.integrations.supplier.registry import build_suppliers
from jiema_app.settings import Settings
from sandbox.app import create_app

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 * 1024**3
"""What the tests' databases, in use at once, take at most, with the server's log: thrice that."""


def _choose_data_dir() -> Path:
    """Where the tests' server lives: in memory, where there is room.

    A database is five hundred files. A disk takes 40 to 300 ms to make them, memory 12.
    """
    folder = MEMORY / f"jiema-test-{os.geteuid()}-{hashlib.sha256(bytes(ROOT)).hexdigest()[:8]}"
    try:
        folder.mkdir(mode=0o755, exist_ok=True)
        folder.chmod(0o755)  # only its owner may
        has_room = shutil.disk_usage(folder).free >= ROOM_BYTES
    except OSError:
        has_room = False
    return folder if has_room else ROOT / ".data" / "test"


# Chosen once: the workers of a parallel run are given it.
TEST_DATA_DIR = Path(os.environ.setdefault("JIEMA_TEST_DATA_DIR", str(_choose_data_dir())))


def with_database(address: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(address)
    # urlunsplit drops the empty authority that a socket address has.
    return urlunsplit((parts.scheme, parts.netloc or "postgres@", f"/{name}", parts.query, ""))


@dataclass(frozen=True, slots=True)
class Cluster:
    """The server that tests use, and the template in it."""

    address: str
    template: str

    async def create(self) -> str:
        """Make a database like the template; returns its address."""
        name = f"jiema_test_{secrets.token_hex(6)}"
        await self._run(f'create database "{name}" template "{self.template}" strategy file_copy')
        return with_database(self.address, name)

    async def drop(self, address: str) -> None:
        """Remove a database made by ``create``, whoever is connected."""
        name = urlsplit(address).path.lstrip("/")
        await self._run(f'drop database if exists "{name}" with (force)')

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self.address)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def open_cluster() -> Cluster:
    """Start the server (or take ``TEST_DATABASE_URL``) and make sure of the template."""
    address = os.environ.get("TEST_DATABASE_URL")
    if address is None:
        address = embedded.start(TEST_DATA_DIR)
        asyncio.run(_forgo_upkeep(address))
    return cluster_at(address)


async def _forgo_upkeep(address: str) -> None:
    """Have nothing in our own server kept for long.

    Nothing is to survive a power cut, so nothing waits for the disk. No row lives until it is
    vacuumed, and while the template is being vacuumed it cannot be copied.
    """
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("alter system set fsync = off")
        await connection.execute("alter system set autovacuum = off")
        await connection.execute("alter system set full_page_writes = off")
        await connection.execute("alter system set max_wal_size = '256MB'")
        await connection.execute("select pg_reload_conf()")
    finally:
        await connection.close()


def cluster_at(address: str, data_dir: Path = TEST_DATA_DIR) -> Cluster:
    """A running server as a cluster for tests: makes sure of the template.

    Args:
        address: The server's.
        data_dir: Where those who make the template on one server wait for each other.
    """
    template = f"jiema_template_{_fingerprint()}"
    with _locked(data_dir):
        asyncio.run(_ensure_template(address, template))
    return Cluster(address, template)


def close_cluster() -> None:
    """Stop the server, if it is ours."""
    if "TEST_DATABASE_URL" not in os.environ:
        embedded.stop(TEST_DATA_DIR)


def _fingerprint() -> str:
    """Changes with everything the template is made of."""
    digest = hashlib.sha256(head_revision().encode())
    for folder, pattern in (
        ("alembic/versions", "*.py"),
        ("jiema_app/domain/catalog/data", "*.json"),
        ("sandbox/supplier", "*.py"),
    ):
        for path in sorted((ROOT / folder).glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


async def _ensure_template(address: str, template: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        known = "select count(*) from pg_database where datname = $1"
        if await connection.fetchval(known, template):
            return
        building = f"{template}_building"
        await connection.execute(f'drop database if exists "{building}" with (force)')
        await connection.execute(f'create database "{building}"')
        await asyncio.to_thread(upgrade_to_head, with_database(address, building))
        await _fill(with_database(address, building))
        # Renamed when complete: a half-made template is never used.
        await connection.execute(f'alter database "{building}" rename to "{template}"')
    finally:
        await connection.close()


async def _fill(address: str) -> None:
    settings = Settings()
    pool = await open_pool(address, name="template", size=2, statement_timeout_s=60)
    app = create_app(None)
    async with build_suppliers(settings, httpx.ASGITransport(app=app)) as suppliers:
        services = build_services(settings, PooledDatabase(pool), suppliers)
        await services.catalog.load_seed()
        for supplier in suppliers.values():
            await services.catalog.refresh_offers(supplier)
    await app.close()
    await pool.close()
