"""What a browser complains about while a test uses a page."""

from typing import Final

from playwright.sync_api import Error, Page

LATE_TRANSITION: Final = "Transition was aborted because of invalid state"
"""Chromium gives up the transition into a page that a busy machine has shown before it was ready."""


def hear_exceptions(page: Page, complaints: list[str]) -> None:
    """Note the exceptions of a page, and not what the browser does by itself."""

    def note(error: Error) -> None:
        if LATE_TRANSITION not in str(error):
            complaints.append(f"exception: {error}")

    page.on("pageerror", note)


def watch(page: Page) -> list[str]:
    """Everything that the browser complains about from now on."""
    complaints: list[str] = []
    hear_exceptions(page, complaints)
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    return complaints
