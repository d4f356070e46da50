"""The embedded database stands still while the product runs: it is waited for."""

import io
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from jiema_app.integrations.postgres import embedded
from jiema_app.processes import database_keeper
from jiema_app.processes.children import Output
from jiema_app.processes.database_keeper import DatabaseKeeper
from jiema_app.settings import Settings
from tests.support.polling import PATIENCE_S


@pytest.fixture
def data_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A server of its own, and a keeper that looks whenever it is asked to."""
    monkeypatch.setattr(database_keeper, "CHECK_S", 0.0)
    folder = Path(tempfile.mkdtemp(prefix="jiema-keeper-"))
    folder.chmod(0o755)
    embedded.start(folder / "data", die_with_us=True)
    yield folder / "data"
    embedded.stop(folder / "data")
    shutil.rmtree(folder, ignore_errors=True)


def processes(data_dir: Path) -> list[int]:
    """The server and its children."""
    pid_file = embedded.cluster_directory(data_dir) / "postmaster.pid"
    server = int(pid_file.read_text().splitlines()[0])
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [server, *map(int, children)]


def look_until(keeper: DatabaseKeeper, said: io.StringIO, words: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while words not in said.getvalue():
        keeper.look()
        assert time.monotonic() < deadline, said.getvalue()


def test_it_is_waited_for_while_it_lives_and_started_again_when_it_is_gone(data_dir: Path) -> None:
    said = io.StringIO()
    settings = Settings.model_construct(**{**dict(Settings()), "data_dir": data_dir})
    keeper = DatabaseKeeper(settings, Output(said, ["system"]))
    keeper.look()
    assert said.getvalue() == ""
    before = processes(data_dir)
    for number in before:
        os.kill(number, signal.SIGSTOP)
    look_until(keeper, said, "the database runs and does not answer")
    for _ in range(3):
        keeper.look()
    assert said.getvalue().count("\n") == 1
    assert processes(data_dir)[0] == before[0]
    for number in before:
        # One that had just ended is there until its parent goes on.
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGCONT)
    look_until(keeper, said, "the database answers again")
    assert processes(data_dir)[0] == before[0]

    os.kill(before[0], signal.SIGKILL)
    look_until(keeper, said, "the database is gone: starting it again")
    assert embedded.is_running(data_dir)
    assert processes(data_dir)[0] != before[0]


def test_a_server_that_stands_still_can_be_stopped(data_dir: Path) -> None:
    for number in processes(data_dir):
        os.kill(number, signal.SIGSTOP)
    embedded.stop(data_dir)
    assert not embedded.is_alive(data_dir)
