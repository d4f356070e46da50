"""Further options of a service's page: several numbers at once, of one operator."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e.judging import outside, violations
from tests.e2e.stack import Stack
from tests.e2e.test_buying import sign_in

MALAYSIA = "/en/service/telegram?country=my"


def test_two_of_an_operator_are_bought_by_keyboard_and_shown_together(page: Page) -> None:
    sign_in(page, MALAYSIA)
    expect(page.locator("html")).to_have_attribute("data-visitor", "member")
    panel = page.locator("details[data-more]")
    panel.locator("summary").press("Enter")
    operator = panel.get_by_label("Mobile operator")
    expect(operator).to_be_visible()
    # Whoever came for a country finds it chosen.
    expect(panel.get_by_label("Country")).to_have_value(re.compile("^my:"))
    price = float(panel.get_by_label("Country").locator("option:checked").inner_text()[-4:])
    stocked = operator.locator("option:not([disabled])").nth(1)
    name = stocked.inner_text().split(" · ")[0]
    operator.select_option(stocked.get_attribute("value"))
    panel.get_by_role("radio", name="1", exact=True).press("ArrowRight")
    expect(panel.locator("output")).to_have_text(f"${2 * price:.2f}")
    assert violations(page) + outside(page) == []

    panel.get_by_role("button", name="Buy now").press("Enter")
    page.wait_for_url("**/en/orders/together/c*")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 numbers")
    rows = page.locator("[data-live-page] ol > li")
    expect(rows).to_have_count(2)
    rows.first.get_by_role("link").press("Enter")
    page.wait_for_url("**/en/order/c*")
    fact = page.get_by_text("Mobile operator", exact=True).locator("xpath=..")
    expect(fact).to_contain_text(name)


def test_without_scripts_two_numbers_are_bought_and_shown(browser: Browser, stack: Stack) -> None:
    scripted = browser.new_context(base_url=stack.origin)
    sign_in(scripted.new_page(), "/en/service/telegram")
    plain = browser.new_context(
        base_url=stack.origin, java_script_enabled=False, storage_state=scripted.storage_state()
    )
    page = plain.new_page()
    page.goto("/en/service/telegram")
    panel = page.locator("details[data-more]")
    panel.locator("summary").click()
    expect(panel.get_by_label("Mobile operator")).to_be_hidden()
    malaysia = panel.locator("option[value^='my:']").get_attribute("value")
    panel.get_by_label("Country").select_option(malaysia)
    panel.locator("input[value='2']").check()
    panel.get_by_role("button", name="Buy now").click()
    page.wait_for_url("**/en/orders/together/c*?plain")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 numbers")
    expect(page.get_by_text(re.compile(r"^\+60 \d"))).to_have_count(2)
    plain.close()
    scripted.close()
