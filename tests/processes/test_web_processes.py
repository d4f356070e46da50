"""One of several web processes is killed: the others serve on, and it is replaced."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from jiema_app.processes.serve import forget_the_dead, granian_command
from tests.support.polling import PATIENCE_S
from tests.support.ports import free_port
from tests.support.processes import Program

AT_ONCE_S = 4.0
"""Less than a long poll lasts, which the others must not be waited for."""

POLLS = 16


@pytest.fixture
def webs(tmp_path: Path) -> Iterator[tuple[Program, str]]:
    """Two processes on one port."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    program = Program(
        "web",
        granian_command("127.0.0.1", port, 2, "tests.support.patient_pids:app"),
        dict(os.environ),
        tmp_path / "log",
        lambda: len(who_answers(url)) == 2,
    )
    program.start()
    yield program, url
    program.stop()


def who_answers(url: str) -> set[int]:
    """The processes that answer some of twenty connections."""
    found = set()
    for _ in range(20):
        try:
            found.add(int(httpx.get(url, timeout=PATIENCE_S, trust_env=False).text))
        except httpx.HTTPError:
            continue
    return found


def test_the_end_of_one_is_not_the_end_of_the_others(webs: tuple[Program, str]) -> None:
    _, url = webs
    with ThreadPoolExecutor(POLLS) as threads:
        polls = [threads.submit(httpx.get, f"{url}/long", timeout=60) for _ in range(POLLS)]
        victim, other = who_answers(url)
        os.kill(victim, signal.SIGKILL)
        began = time.monotonic()
        while time.monotonic() - began < AT_ONCE_S:
            if len(now := who_answers(url) - {victim}) == 2:
                break
        assert other in now
        assert len(now) == 2
        answers = [int(poll.result().text) for poll in polls if poll.exception() is None]
    assert other in answers
    assert victim not in answers


def test_what_the_dead_said_of_their_present_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    kept = {f"gauge_livemax_{os.getpid()}.db", f"counter_{gone.pid}.db"}
    for name in (*kept, f"gauge_livemax_{gone.pid}.db"):
        (tmp_path / name).touch()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    forget_the_dead()
    assert {path.name for path in tmp_path.iterdir()} == kept
