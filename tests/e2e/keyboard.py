"""A person who has no mouse."""

from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Locator, Page, expect

STEPS_MAX: Final = 120
"""Nobody presses Tab more often than this to reach something."""


@dataclass(frozen=True)
class Keyboard:
    """Uses a page by its keys alone."""

    page: Page

    def reach(self, target: Locator) -> None:
        """Press Tab until ``target`` has the focus."""
        expect(target).to_be_visible()
        for _ in range(STEPS_MAX):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"not reached by Tab: {target}")

    def use(self, target: Locator) -> None:
        """Reach a button or a link, see that the focus shows, and press Enter."""
        self.reach(target)
        ring = target.evaluate("element => getComputedStyle(element).outlineStyle")
        assert ring != "none", f"the focus does not show on {target}"
        self.page.keyboard.press("Enter")

    def write(self, text: str) -> None:
        """Type into whatever has the focus."""
        self.page.keyboard.type(text)
