"""`make run`: one line when ready, nothing left behind, whatever happens to it."""

import signal
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.connection import open_and_connect
from tests.e2e.stack import ROOT, Stack, new_stack


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_leaves_nothing_behind(browser: Browser, number: signal.Signals) -> None:
    with new_stack() as stack:
        stack.start()
        page = browser.new_page(base_url=stack.origin)
        open_and_connect(page, "/en")
        expect(page.get_by_role("heading", level=1)).to_be_visible()

        stack.send(number)

        assert stack.wait() == 0
        assert stack.survivors() == []
        assert sum(line.startswith("ready ") for line in stack.lines) == 1
        page.close()


def test_a_killed_supervisor_takes_everything_with_it_and_can_start_again() -> None:
    with new_stack() as stack:
        stack.start()
        stack.send(signal.SIGKILL)
        stack.wait()
        stack.await_no_survivors()

        stack.start()
        stack.await_ready()
        assert stack.stop() == 0
        assert stack.survivors() == []


def test_two_copies_run_side_by_side(stack: Stack) -> None:
    with new_stack() as second:
        second.start()
        second.await_ready()
        assert second.stop() == 0
    stack.await_ready()


def test_a_busy_port_is_one_clear_line(stack: Stack) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "jiema_app.processes", "up"],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr.splitlines() == [
        f"error: port {stack.port} (PORT) is in use; choose another: make run PORT=…"
    ]
