"""Fixtures of the browser tests.

The browser lives for one module only: Playwright's synchronous interface keeps an event
loop running in the thread, in which no asynchronous test of another module could run.
"""

import shutil
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Page,
    Request,
    expect,
    sync_playwright,
)

from jiema_app.processes.fingerprints import current_build
from jiema_app.settings import get_settings
from tests.e2e.complaints import hear_exceptions
from tests.e2e.stack import Stack, new_stack

PATIENCE_MS = 90_000
"""Given to whatever shall be seen or pressed: two cores may be busy with other tests."""

expect.set_options(timeout=PATIENCE_MS)

SLOWEST = {"test_accessibility", "test_topping_up", "test_order_page"}
"""Half of the time of all."""

NO_STACK = {"test_embedded_database", "test_telegram_phone"}
"""These need no stack."""

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They share a stack, so one worker of a parallel run takes them; another takes the slowest."""
    for item in items:
        if "/tests/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.slow)
            if item.path.stem not in NO_STACK:
                group = "e2e-slowest" if item.path.stem in SLOWEST else "e2e"
                item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The running product."""
    assert current_build(get_settings().locales).exists(), "the pages are stale: make build"
    with new_stack() as stack:
        stack.start()
        yield stack


def launch(chromium: BrowserType, **options: Any) -> Browser:
    """Debian's Chromium where there is one, Playwright's own elsewhere."""
    names = ("chromium", "chromium-browser", "google-chrome")
    installed = next(filter(None, map(shutil.which, names)), None)
    return chromium.launch(
        executable_path=installed, args=CHROMIUM_OPTIONS, timeout=PATIENCE_MS, **options
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that keeps no page that was left."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        # Of every profile that any test opens.
        browser.on("context", lambda context: context.set_default_timeout(PATIENCE_MS))
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    """A fresh browser profile that speaks English."""
    context = browser.new_context(base_url=stack.origin, locale="en-US")
    yield context
    context.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; the page fixture fills and checks it."""
    return []


def note_failure(complaints: list[str], request: Request) -> None:
    """Note a request that failed, unless the page was left before it was answered."""
    if request.failure != "net::ERR_ABORTED":
        complaints.append(f"failed: {request.url} {request.failure}")


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Iterator[Page]:
    """A page on which nothing may go wrong unnoticed."""
    page = context.new_page()
    hear_exceptions(page, complaints)
    page.on("requestfailed", partial(note_failure, complaints))
    page.on(
        "console",
        lambda message: (
            complaints.append(f"{message.type}: {message.text}")
            if message.type in {"error", "warning"}
            else None
        ),
    )
    yield page
    assert complaints == []
