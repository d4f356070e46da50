"""Signing in as a person does, in a browser that already knows the shop."""

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("provider", ["Google", "Telegram"])
def test_a_newcomer_is_in_with_two_clicks(page: Page, provider: str) -> None:
    page.goto("/en")
    # From now on the service worker stands between the page and every request: a sign-in
    # must still ask for each address once.
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    page.goto("/en/login?next=%2Fen%2Fservice%2Ftelegram")

    page.get_by_role("link", name=f"Continue with {provider}").click()
    page.get_by_role("button", name="Somebody new").click()

    page.wait_for_url("**/en/service/telegram")
    expect(page.locator("#balance")).to_have_text(re.compile(r"\$\d+\.\d\d"))
