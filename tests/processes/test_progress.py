"""What is seen of something that takes a while."""

import io
import os
import pty
import time

import pytest

from jiema_app.processes.progress import Progress
from tests.support.polling import PATIENCE_S


def test_a_log_gets_a_line_at_the_beginning_and_one_at_the_end() -> None:
    log = io.StringIO()
    with Progress(log).step("packing") as step:
        step.at("3 of 4")
    assert log.getvalue() == "packing …\npacking: done in 0 s\n"


def test_a_failure_is_said_and_goes_on() -> None:
    log = io.StringIO()
    with pytest.raises(ValueError, match="no"), Progress(log).step("packing"):
        raise ValueError("no")
    assert log.getvalue() == "packing …\npacking: failed after 0 s\n"


def test_who_was_interrupted_did_not_fail() -> None:
    log = io.StringIO()
    with pytest.raises(KeyboardInterrupt), Progress(log).step("packing"):
        raise KeyboardInterrupt
    assert "stopped after" in log.getvalue()


def test_a_long_step_is_told_of_in_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jiema_app.processes.progress.TOLD_EVERY_S", 0.0)
    log = io.StringIO()
    with Progress(log).step("packing") as step:
        step.at("3 of 4")
        _await(lambda: "packing …, 3 of 4, 0 s\n" in log.getvalue())


def test_a_terminal_has_one_line_that_moves_and_lines_that_stay() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        progress = Progress(terminal)
        with progress.step("packing") as step:
            step.at("3 of 4")
            seen = _read_until(ours, "3 of 4, 1 s")
            progress.say("a box is heavy")
            with progress.step("loading"):
                seen += _read_until(ours, "loading …, 0 s")
        seen += _read_until(ours, "packing: done in")
    os.close(ours)
    assert "\r\x1b[Kpacking …, 3 of 4, 1 s" in seen
    assert "\r\x1b[Ka box is heavy\r\n" in seen
    # Both at once, on one line.
    assert "  ·  loading …" in seen
    # What is left on the screen, line by line.
    left = [line.rpartition("\r\x1b[K")[2] for line in seen.split("\r\n")]
    assert left[0] == "a box is heavy"
    assert [line.split(":")[0] for line in left[1:3]] == ["loading", "packing"]


def test_a_long_line_is_cut_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal, Progress(terminal).step("x" * 100):
        seen = _read_until(ours, "…")
    os.close(ours)
    assert seen == "\r\x1b[K" + "x" * 18 + "…"


def test_a_reader_that_left_stops_nobody() -> None:
    log = io.StringIO()
    progress = Progress(log)
    log.close()
    with progress.step("packing"):
        progress.say("still here")


def _await(found: object) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not found():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _read_until(descriptor: int, words: str) -> str:
    seen = ""
    while words not in seen:
        seen += os.read(descriptor, 4096).decode()
    return seen
