"""Buying with one click, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.stack import Stack

CODE_PATIENCE_S = 120


def sign_in(page: Page, back_to: str) -> None:
    page.goto(f"/en/login?next={back_to}")
    page.get_by_role("link", name="Continue with Google").click()
    page.get_by_role("button", name="Somebody new").click()
    page.wait_for_url(f"**{back_to}")
    expect(page.locator("#balance")).to_contain_text("$")


def malaysia(page: Page) -> Locator:
    return page.get_by_role("button", name="Buy a number from Malaysia for Telegram")


def test_a_guest_signs_in_finds_the_row_again_and_buys(page: Page) -> None:
    page.goto("/en/service/telegram")
    page.get_by_role("button", name="Show all").click()
    malaysia(page).click()
    page.wait_for_url("**/en/login?next=*")
    page.get_by_role("link", name="Continue with Google").click()
    page.get_by_role("button", name="Somebody new").click()
    page.wait_for_url("**/en/service/telegram?country=my")
    expect(malaysia(page)).to_be_in_viewport()
    expect(page.locator("li[data-chosen]")).to_contain_text("Malaysia")
    expect(page.locator("html")).to_have_attribute("data-visitor", "member")
    malaysia(page).click()
    page.wait_for_url(re.compile(r"/en/order/c\w+$"))


def test_the_keyboard_alone_finds_a_country_and_buys(page: Page) -> None:
    sign_in(page, "/en/service/telegram")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("malay")
    # Malaysia, and perhaps what is written nearly so in another language.
    expect(page.get_by_text(re.compile(r"^[1-5] of \d+$"))).to_be_visible()
    page.keyboard.press("Enter")  # buys nothing: it is not a link
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(malaysia(page)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/en/order/c\w+$"))


def test_a_price_that_rose_is_shown_before_anything_is_bought(
    page: Page, complaints: list[str]
) -> None:
    sign_in(page, "/en/service/telegram?country=my")
    row = page.locator("li[data-key=my]")
    price = row.locator("data").inner_text()
    field = row.locator("[name=max_price_cents]")
    field.evaluate("field => { field.value = '1' }")
    malaysia(page).click()
    expect(page.get_by_text(f"The price is now {price}.")).to_be_visible()
    expect(field).to_have_value(row.locator("data").get_attribute("value") or "")
    assert "/service/telegram" in page.url
    malaysia(page).click()
    page.wait_for_url(re.compile(r"/en/order/c\w+$"))
    # The browser tells of every refused request.
    assert all("400" in complaint for complaint in complaints)
    complaints.clear()


def test_a_refusal_is_told_without_javascript(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=stack.origin)
    page = context.new_page()
    page.goto("/en/service/telegram#refused-INSUFFICIENT")
    alert = page.get_by_role("alert").filter(visible=True)
    expect(alert).to_contain_text("Your balance doesn't cover this price.")
    expect(alert.get_by_role("link", name="Top up")).to_have_attribute("href", "/en/account/topup")
    malaysia(page).click()
    page.wait_for_url("**/en/login?next=*")
    context.close()


def test_without_scripts_one_sees_the_number_and_then_the_code(
    browser: Browser, stack: Stack
) -> None:
    scripted = browser.new_context(base_url=stack.origin)
    sign_in(scripted.new_page(), "/en/service/telegram")
    plain = browser.new_context(
        base_url=stack.origin, java_script_enabled=False, storage_state=scripted.storage_state()
    )
    page = plain.new_page()
    page.goto("/en/service/telegram")
    malaysia(page).click()
    page.wait_for_url("**/en/order/c*?plain")
    expect(page.get_by_role("heading", level=1)).to_have_text("Telegram · Malaysia")
    expect(page.get_by_text(re.compile(r"^\+60 \d"))).to_be_visible()
    code = page.get_by_role("heading", name="SMS messages received")
    for _ in range(CODE_PATIENCE_S):
        if code.is_visible():
            break
        page.wait_for_timeout(1000)
        # What is looked at next is the page that it leads to, and not the one before.
        with page.expect_navigation():
            page.get_by_role("link", name="Refresh").click()
    expect(code).to_be_visible()
    plain.close()
    scripted.close()


def test_who_comes_for_a_country_that_is_sold_out_is_told(page: Page) -> None:
    page.goto("/en/service/telegram?country=aq")
    expect(page.get_by_text("The country you wanted is sold out")).to_be_visible()


@pytest.mark.parametrize(
    ("address", "lands_at"),
    [
        ("/en/service/tg", "/en/service/telegram"),
        ("/en/service/TELEGRAM", "/en/service/telegram"),
        ("/zh/country/7", "/zh/country/my"),
        ("/service/telegram", "/en/service/telegram"),
    ],
)
def test_other_spellings_of_an_address_lead_there(page: Page, address: str, lands_at: str) -> None:
    page.goto(address)
    page.wait_for_url(f"**{lands_at}")


@pytest.mark.parametrize("address", ["/en/service/paypal", "/en/service/nope", "/en/country/zz"])
def test_what_is_not_sold_is_not_found(page: Page, address: str) -> None:
    assert page.request.get(address).status == 404


def test_a_service_reads_in_arabic_without_any_script(page: Page) -> None:
    html = page.request.get("/ar/service/telegram").text()
    assert re.search(r'<html[^>]*dir="rtl"', html)
    assert "ماليزيا" in html
    assert "Telegram" in html
    assert '"@type":"Product"' in html
    assert html.count('action="/api/shop/orders"') > 100
