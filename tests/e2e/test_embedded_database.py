"""The embedded PostgreSQL through good and bad times."""

import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from jiema_app.integrations.postgres import embedded
from jiema_app.integrations.postgres.uris import socket_address


@pytest.fixture
def data_dir() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="jiema-database-"))
    folder.chmod(0o755)
    yield folder / "data"
    embedded.stop(folder / "data")
    shutil.rmtree(folder, ignore_errors=True)


def postmaster(data_dir: Path) -> int:
    pid_file = embedded.cluster_directory(data_dir) / "postmaster.pid"
    return int(pid_file.read_text().splitlines()[0])


async def test_starts_answers_and_stops(data_dir: Path) -> None:
    assert embedded.running_address(data_dir) is None
    address = embedded.start(data_dir)
    assert embedded.running_address(data_dir) == address
    assert embedded.start(data_dir) == address

    connection = await asyncpg.connect(address)
    for name, value in {"fsync": "on", "synchronous_commit": "on", "TimeZone": "UTC"}.items():
        assert await connection.fetchval(f"show {name}") == value
    await connection.close()

    embedded.stop(data_dir)
    assert not embedded.is_running(data_dir)


async def test_keeps_what_was_committed_through_a_power_cut(data_dir: Path) -> None:
    address = embedded.start(data_dir)
    connection = await asyncpg.connect(address)
    await connection.execute("create table kept as select 42 as answer")
    await connection.close()

    embedded.restart_immediate(data_dir)

    connection = await asyncpg.connect(address)
    assert await connection.fetchval("select answer from kept") == 42
    await connection.close()


@pytest.mark.parametrize("die_with_us", [False, True])
def test_starts_again_after_its_postmaster_was_killed(data_dir: Path, *, die_with_us: bool) -> None:
    embedded.start(data_dir, die_with_us=die_with_us)
    os.kill(postmaster(data_dir), signal.SIGKILL)
    embedded.start(data_dir, die_with_us=die_with_us)
    assert embedded.is_running(data_dir)


def test_is_not_fooled_by_a_process_number_that_was_used_again(data_dir: Path) -> None:
    embedded.start(data_dir)
    embedded.stop(data_dir)
    pid_file = embedded.cluster_directory(data_dir) / "postmaster.pid"
    pid_file.write_text(f"{os.getppid()}\n{pid_file.parent}\n1\n5432\n{pid_file.parent}\n\n\n")
    embedded.start(data_dir)
    assert embedded.is_running(data_dir)


def test_a_half_made_cluster_is_made_anew(data_dir: Path) -> None:
    half = data_dir / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    embedded.start(data_dir)
    assert embedded.is_running(data_dir)
    assert not half.exists()


def test_a_long_path_gets_a_short_socket(data_dir: Path) -> None:
    deep = data_dir / ("long-name-" * 10)
    try:
        address = embedded.start(deep)
        assert address != socket_address(str(deep / "postgres"))
        assert embedded.is_running(deep)
    finally:
        embedded.stop(deep)


def test_brings_the_usual_programs(data_dir: Path) -> None:
    address = embedded.start(data_dir)
    for name in ("psql", "pgbench", "pg_dump"):
        assert os.access(embedded.program(data_dir, name), os.X_OK)
    command = [str(embedded.program(data_dir, "psql")), "-Atc", "select 6 * 7", address]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "42\n"


def test_a_closed_folder_stays_closed(data_dir: Path) -> None:
    """Of root, whose server is another user, the data goes elsewhere; of others it stays."""
    home = data_dir / "home"
    home.mkdir(parents=True)
    home.chmod(0o700)
    cluster = embedded.cluster_directory(home / "project")
    try:
        embedded.start(home / "project")
        assert embedded.is_running(home / "project")
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert cluster.is_relative_to(home) == (os.geteuid() != 0)
    finally:
        embedded.stop(home / "project")
        shutil.rmtree(cluster.parent)
