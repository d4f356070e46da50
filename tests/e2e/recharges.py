"""Topping up as a visitor does it."""

from typing import Final

from playwright.sync_api import Page, expect

FINAL_MS: Final = 180_000
"""A block comes every 3 s and is final two blocks later; others use the machine, too."""


def sign_in(page: Page, path: str = "/en/account/topup") -> None:
    """Sign in as somebody new, and land on a page."""
    page.goto(f"/api/auth/google?next={path}")
    page.get_by_role("button", name="Somebody new").first.click()
    page.wait_for_url(f"**{path}")


def stage(page: Page, name: str) -> None:
    """Wait, touching nothing, until the recharge stands so."""
    expect(page.locator("[data-recharge]")).to_have_attribute("data-stage", name, timeout=FINAL_MS)


def open_recharge(page: Page, amount: str = "10") -> None:
    page.goto("/en/account/topup")
    page.get_by_label("Or another amount").fill(amount)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/account/topup/c*")
    stage(page, "waiting")


def send(page: Page, amount: str, token: str = "usdt") -> None:
    """Send something else than what was asked for."""
    details = page.locator("details").filter(has_text="Send something else")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    details.get_by_label("Amount").fill(amount)
    details.get_by_label("Token").select_option(token)
    details.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent. It will be in one of the next blocks.").last).to_be_visible()
