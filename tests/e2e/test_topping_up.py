"""Topping up in a real browser: from an amount to balance, and everything people send instead."""

import re
from typing import Final, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.clipboard import pasted
from tests.e2e.complaints import watch
from tests.e2e.judging import outside, violations
from tests.e2e.recharges import FINAL_MS, open_recharge, send, sign_in, stage
from tests.e2e.stack import Stack

ADDRESS: Final = re.compile(r"^T[1-9A-HJ-NP-Za-km-z]{33}$")

Scheme = Literal["light", "dark"]


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_ten_usdt_become_balance_while_one_watches(
    browser: Browser, stack: Stack, width: int, scheme: Scheme
) -> None:
    context = browser.new_context(
        base_url=stack.origin,
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
        locale="en-US",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    complaints = watch(page)
    sign_in(page)
    assert outside(page) == []
    expect(page.locator("#balance")).to_have_text("$20.00")
    page.locator("label").filter(has=page.locator("input[value='10']")).click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/account/topup/c*")
    stage(page, "waiting")
    assert outside(page) == []

    address = page.locator("[data-address]").inner_text().replace("\n", "")
    assert ADDRESS.match(address)
    page.get_by_role("button", name="Copy address").click()
    assert pasted(page, address) == address
    page.get_by_role("button", name="Copy amount").click()
    assert pasted(page, "10.00") == "10.00"
    expect(page.get_by_role("img", name="QR code for the address")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("timer")).to_have_text(
        re.compile(r"^(30:00|2[5-9]:\d\d) left$")
    )
    page.get_by_role("button", name="I've paid").click()
    expect(page.get_by_text("We're checking now.")).to_be_visible()

    page.get_by_role("button", name="Send 10.00 USDT").click()
    stage(page, "credited")
    expect(page.get_by_role("heading", name="10.00 USDT credited to your balance")).to_be_visible()
    expect(page.locator("#balance")).to_have_text("$30.00")
    assert outside(page) == []

    page.locator("main").get_by_role("link", name="Statement").click()
    row = page.get_by_role("row").filter(has_text="Top-up")
    expect(row).to_contain_text("+$10.00")
    row.get_by_role("link", name="USDT on TRON").click()
    stage(page, "credited")
    assert complaints == []
    context.close()


def test_a_payment_is_seen_before_it_is_final(page: Page, stack: Stack) -> None:
    # What is half faded in has too little contrast.
    page.emulate_media(reduced_motion="reduce")
    sign_in(page)
    open_recharge(page)
    # However slow we look: nothing becomes final while the chain stands still.
    with stack.without_blocks():
        send(page, "10")
        stack.mine()
        expect(page.get_by_text(re.compile(r"Confirmation \d of \d")).first).to_be_visible(
            timeout=FINAL_MS
        )
        assert violations(page) == []
    stage(page, "credited")
    assert violations(page) == []


def test_a_second_one_leads_to_the_one_that_is_open_and_cancelling_makes_room(page: Page) -> None:
    sign_in(page)
    open_recharge(page)
    first = page.url
    page.goto("/en/account/topup")
    expect(page.get_by_role("heading", name="You have an open top-up")).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_hidden()
    page.get_by_role("link", name="Go to the open top-up").click()
    page.wait_for_url(first)

    page.get_by_role("button", name="Cancel top-up").click()
    question = page.get_by_role("dialog", name="Cancel this top-up?")
    expect(question.get_by_role("button", name="Keep it open")).to_be_focused()
    question.get_by_role("button", name="Cancel top-up").click()
    stage(page, "cancelled")
    page.get_by_role("link", name="New top-up").click()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    expect(page.locator("main li").filter(has_text="Cancelled")).to_contain_text("10.00 USDT")


def test_without_scripts_the_form_leads_on_as_well(browser: Browser, stack: Stack) -> None:
    scripted = browser.new_context(base_url=stack.origin)
    sign_in(scripted.new_page())
    plain = browser.new_context(
        base_url=stack.origin, java_script_enabled=False, storage_state=scripted.storage_state()
    )
    page = plain.new_page()
    page.goto("/en/account/topup")
    page.get_by_label("Or another amount").fill("1.234")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Enter an amount from").first).to_be_visible()
    page.get_by_label("Or another amount").fill("12.34")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/account/topup/c*?plain")
    first = page.url
    # Everything one needs to pay stands there, and nothing invites to sign in once more.
    expect(page.get_by_role("heading", level=1)).to_contain_text("12.34 USDT")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_text(ADDRESS)).to_be_visible()
    expect(page.get_by_role("img", name="QR code for the address")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("Only USDT, only on TRON (TRC20).")
    expect(page.get_by_text("Sign in to see this top-up")).to_be_hidden()
    with page.expect_navigation():
        page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_text(ADDRESS)).to_be_visible()
    # Who has one open is led to it.
    page.goto("/en/account/topup")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(first)
    plain.close()
    scripted.close()


def test_an_impossible_amount_is_explained_where_it_was_written(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page)
    field = page.get_by_label("Or another amount")
    field.fill("9000")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-refusal]")).to_contain_text("from 1 to 5000")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    field.fill("9")
    expect(page.locator("[data-refusal]")).to_be_hidden()
    page.locator("label").filter(has=page.locator("input[value='50']")).click()
    expect(field).to_have_value("")


def test_a_guest_signs_in_and_comes_back(page: Page) -> None:
    page.goto("/en/account/topup")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/en/login?next=*")
    page.locator("a[href*='/api/auth/google']").click()
    page.get_by_role("button", name="Somebody new").first.click()
    page.wait_for_url("**/en/account/topup")


def test_a_hidden_tab_says_in_its_title_what_became_of_it(page: Page, stack: Stack) -> None:
    sign_in(page)
    open_recharge(page)
    title = page.title()
    # However slow we look away: nothing becomes final before.
    with stack.without_blocks():
        send(page, "10")
        page.evaluate(
            "Object.defineProperty("
            "document, 'visibilityState', {value: 'hidden', configurable: true})"
        )
    expect(page).to_have_title("10.00 USDT credited to your balance", timeout=FINAL_MS)
    page.evaluate(
        "delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))"
    )
    expect(page).to_have_title(title)
