"""Choosing a language, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.judging import outside
from tests.e2e.stack import Stack


def sign_in(page: Page, next_page: str) -> None:
    page.goto(f"/en/login?next={next_page}")
    page.get_by_role("link", name="Continue with Google").click()
    page.get_by_role("button", name="Somebody new").click()
    page.wait_for_url(f"**{next_page}")


def open_list(page: Page) -> None:
    page.locator("header [popovertarget=languages]").first.click()
    expect(page.get_by_label("Find a language")).to_be_visible()


def test_another_language_keeps_query_and_anchor_and_is_remembered(page: Page) -> None:
    page.goto("/en/api-docs?a=1&plain#errors")
    open_list(page)
    link = page.locator("#languages").get_by_role("link", name="Deutsch")
    # Also for whoever opens it in another tab.
    expect(link).to_have_attribute("href", re.compile(r"/de/api-docs\?a=1&plain#errors$"))
    expect(link).to_have_attribute("hreflang", "de")
    expect(link).to_have_attribute("lang", "de")
    link.click()
    page.wait_for_url("**/de/api-docs?a=1&plain#errors")
    page.goto("/")
    page.wait_for_url("**/de")


@pytest.mark.parametrize("width", [390, 1440])
def test_a_language_is_found_by_any_name_with_the_keyboard_alone(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/en/countries")
    if width < 640:
        page.locator("header [popovertarget=menu]:visible").click()
        page.locator("#menu [popovertarget=languages]").click()
    else:
        page.locator("header [popovertarget=languages]:visible").press("Enter")
    panel = page.locator("#languages")
    field = panel.get_by_label("Find a language")
    expect(field).to_be_focused()
    page.keyboard.type("suomi")
    expect(panel.get_by_role("status")).to_have_text(
        re.compile(r"“suomi” isn't available yet\. The site is in \d+ languages\.")
    )
    every = panel.get_by_role("link")
    assert every.count() > 1
    expect(every.first).to_be_visible()
    assert outside(page) == []
    for typed in ("немецкий", "allemand", "german"):
        field.fill(typed)
        expect(panel.get_by_role("link").filter(visible=True)).to_have_text(["Deutsch"])
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("[popovertarget=languages]:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    field.fill("german")
    page.keyboard.press("Enter")
    page.wait_for_url("**/de/countries")


def test_the_search_of_every_page_offers_the_page_in_a_language(page: Page) -> None:
    page.goto("/en/countries?sort=name")
    page.keyboard.press("/")
    dialog = page.get_by_role("dialog", name="Search")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("language")
    expect(dialog.get_by_role("option").filter(has_text="Polski")).to_be_visible()
    # Enter alone leads into none of them.
    expect(dialog.locator("[aria-selected=true]")).to_have_count(0)
    dialog.get_by_role("combobox").fill("Deutsch")
    dialog.get_by_role("option").filter(has_text="Language · German").click()
    page.wait_for_url("**/de/countries?sort=name")


def test_a_member_s_choice_is_kept_with_the_account(
    page: Page, browser: Browser, stack: Stack
) -> None:
    sign_in(page, "/en/account")
    open_list(page)
    with page.expect_request("**/api/shop/language"):
        page.locator("#languages").get_by_role("link", name="Polski").click()
    page.wait_for_url("**/pl/account")
    page.wait_for_function(
        "fetch('/api/auth/session').then(a => a.json()).then(a => a.data.lang === 'pl')"
    )
    # In another browser, which has chosen nothing and asks for English.
    elsewhere = browser.new_context(base_url=stack.origin, locale="en-US")
    [session] = [one for one in page.context.cookies() if one["name"] == "sid"]
    elsewhere.add_cookies([{"name": "sid", "value": session["value"], "url": stack.origin}])
    other = elsewhere.new_page()
    other.goto("/orders")
    assert other.url.endswith("/pl/orders")
    elsewhere.close()


def test_without_scripts_a_search_is_kept_in_another_language(stack: Stack) -> None:
    html = stack.ask("/en/browse?q=tele%22gram").text
    assert 'data-locale="de" href="/de/browse?q=tele%22gram"' in html
    assert 'data-locale="de" href="/de/countries"' in stack.ask("/en/countries").text


def test_a_missing_page_offers_every_language(stack: Stack) -> None:
    assert '<a href="/ar" lang="ar" hreflang="ar">' in stack.ask("/en/nope").text
