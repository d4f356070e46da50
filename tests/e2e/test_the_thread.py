"""Somebody new without money: to a number with each step once, and to another one in its place,
while a second tab tells it all."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.recharges import stage
from tests.e2e.stack import Stack, new_stack


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A shop that gives nobody money to begin with."""
    with new_stack() as stack:
        stack.settings["SANDBOX_WELCOME_USD"] = "0"
        stack.start()
        yield stack


def buy(page: Page, country: str) -> None:
    page.get_by_role("button", name=f"Buy a number from {country} for Telegram").click()


def id_of(page: Page) -> str:
    page.wait_for_url(re.compile(r"/en/order/c\w+"))
    return page.url.partition("?")[0].rpartition("/")[2]


def test_a_newcomer_gets_a_number_and_then_another_one(
    page: Page, context: BrowserContext, stack: Stack, complaints: list[str]
) -> None:
    with stack.without_sms():
        page.goto("/en/service/telegram")
        buy(page, "Indonesia")
        page.wait_for_url("**/en/login?next=*")
        page.get_by_role("link", name="Continue with Google").click()
        page.get_by_role("button", name="Somebody new").click()
        page.wait_for_url("**/en/service/telegram?country=id")
        expect(page.locator("html")).to_have_attribute("data-visitor", "member")
        buy(page, "Indonesia")
        page.wait_for_url("**/en/account/topup?for=telegram.id")
        expect(page.get_by_label("Or another amount")).to_have_value("1")
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/en/account/topup/c*")
        stage(page, "waiting")
        other = context.new_page()
        other.goto("/en/orders")
        chip = other.locator("[data-thread]")
        expect(chip.get_by_role("link")).to_have_attribute(
            "href", page.url.partition(stack.origin)[2]
        )
        page.get_by_role("button", name="Send 1.00 USDT").click()
        stage(page, "credited")
        expect(chip).to_contain_text("Credited")
        expect(other.locator("#balance")).to_have_text("$1.00")

        page.get_by_role("button", name="Buy Telegram · Indonesia").click()
        first = id_of(page)
        row = other.locator(f"main a[href='/en/order/{first}']")
        expect(row).to_be_visible()
        expect(other.locator("#balance")).not_to_have_text("$1.00")

        page.get_by_role("button", name="Choose another country").click()
        page.get_by_role("link", name="Cancel this one and choose another").click()
        page.wait_for_url(f"**/en/service/telegram?instead={first}")
        expect(page.get_by_text("replaces your other order")).to_be_visible()
        page.get_by_role("button", name="Show all").click()
        buy(page, "Malaysia")
        page.wait_for_url(re.compile(r"/en/order/c\w+\?old=cancelled$"))
        second = id_of(page)
        expect(page.get_by_text("Your other order was cancelled")).to_be_visible()
        expect(other.locator(f"main li:has(a[href='/en/order/{first}'])")).to_contain_text(
            "refunded"
        )
        expect(other.locator(f"main a[href='/en/order/{second}']")).to_be_visible()

        # From home it is one click.
        other.goto("/en")
        buy(other, "Indonesia")
        assert id_of(other) not in {first, second}
    # The browser tells of the purchase that the balance did not cover.
    assert [complaint for complaint in complaints if "400" not in complaint] == []
    complaints.clear()
