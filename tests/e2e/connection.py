"""The connection over which the server tells an open page what has changed."""

from playwright.sync_api import Page, WebSocket


def open_and_connect(page: Page, path: str) -> WebSocket:
    """Open a page, and wait until the server has spoken to it."""
    heard: list[object] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: heard.append(frame)),  # noqa: PLW0108 - Playwright takes no method of a list
    )
    with page.expect_websocket() as opened:
        page.goto(path)
    # It may have spoken already. Between this question and the waiting nothing can happen:
    # events are only heard while one waits.
    if not heard:
        opened.value.wait_for_event("framereceived")
    return opened.value
