"""Withdrawing in a real browser: from a form to a paid transaction, and taking one back."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Literal

import asyncpg
import pytest
from playwright.sync_api import Browser, Page, expect

from jiema_app.domain import ids
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind, UserAccount
from jiema_app.integrations.postgres.embedded import running_address
from tests.e2e.clipboard import pasted
from tests.e2e.complaints import watch
from tests.e2e.judging import outside, violations
from tests.e2e.recharges import FINAL_MS, sign_in
from tests.e2e.stack import Stack
from tests.support.withdrawing import STRANGER, micro

WITHDRAW: Final = "/en/account/withdraw"
TXID: Final = re.compile(r"^[0-9a-f]{64}$")

Scheme = Literal["light", "dark"]


def come(page: Page, stack: Stack, commission: str = "50") -> None:
    """Sign in as somebody who has earned something, and land on the page."""
    made = json.loads(
        stack.command(
            "sandbox", "user", "--balance-usd", "20", "--commission-usd", commission, "--json"
        )
    )
    page.goto(made["loginUrl"])
    page.goto(WITHDRAW)


def fill(page: Page, amount: str, address: str = STRANGER) -> None:
    page.get_by_label("Your address").fill(address)
    page.get_by_label(re.compile("^Amount")).fill(amount)


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.get_by_role("heading", name="Check and confirm")).to_be_focused()


def request(page: Page, amount: str = "20") -> str:
    """Both steps; the id of the withdrawal."""
    fill(page, amount)
    go_on(page)
    page.get_by_role("button", name="Request withdrawal").click()
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "In review")
    identity = page.locator("[data-withdrawal]").first.get_attribute("data-withdrawal")
    assert identity is not None
    return identity


def change(stack: Stack, act: Callable[[Any], Awaitable[None]]) -> None:
    """Change something in the database that nobody could from outside."""
    address = running_address(stack.data_dir)
    assert address is not None

    async def connected() -> None:
        connection = await asyncpg.connect(address)
        try:
            async with connection.transaction():
                await act(connection)
        finally:
            await connection.close()

    # Playwright's own loop occupies this thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, connected()).result()


async def earn_and_age(connection: Any) -> None:
    """Whoever came last has earned something, and signed in an hour ago."""
    user = await connection.fetchval(
        "select id from users order by created_at desc, id desc limit 1"
    )
    purses = await ledger.open_earning_accounts(connection, user)
    await ledger.post(
        connection,
        TransferKind.SANDBOX_COMMISSION,
        ids.new_id(),
        source=HouseAccount.ADJUSTMENTS,
        target=purses[UserAccount.COMMISSION].account,
        amount=micro(50),
    )
    await connection.execute(
        "update web_sessions set created_at = created_at - interval '1 hour' where user_id = $1",
        user,
    )
    await connection.execute("select pg_notify('credentials_changed', $1)", user)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_commission_arrives_in_a_wallet_while_one_watches(
    browser: Browser, stack: Stack, width: int, scheme: Scheme
) -> None:
    context = browser.new_context(
        base_url=stack.origin,
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
        locale="en-US",
        permissions=["clipboard-read", "clipboard-write"],
        # What is half faded in has too little contrast.
        reduced_motion="reduce",
    )
    page = context.new_page()
    complaints = watch(page)
    come(page, stack, "50.123")
    field = page.get_by_label("Your address")
    field.fill("0x52908400098527886E0F7030069857D2E4169EE7")
    expect(page.get_by_text("This isn't a TRON address.")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(STRANGER[:-1] + "4")
    expect(page.get_by_text("A character of this address is wrong or missing.")).to_be_visible()
    field.fill(STRANGER)
    expect(page.get_by_text("This address can be paid.")).to_be_visible()
    amount = page.get_by_label("Amount", exact=True)
    amount.fill("4")
    expect(page.get_by_text("The smallest withdrawal is $5.00.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="All of it").click()
    expect(amount).to_have_value("50.1230")
    expect(amount).to_be_focused()
    expect(page.get_by_text("47.613 USDT")).to_be_visible()
    amount.fill("20")
    expect(page.get_by_text("18.00 USDT", exact=True)).to_be_visible()
    assert outside(page) == []

    confirm(page)
    watch_it_paid(page, stack)
    assert complaints == []
    context.close()


def confirm(page: Page) -> None:
    """The second step, after a look back at the first."""
    go_on(page)
    assert page.locator("[data-address]").inner_text().replace("\n", "") == STRANGER
    assert violations(page) == []
    assert outside(page) == []
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_label("Amount", exact=True)).to_have_value("20")
    expect(page.get_by_label("Your address")).to_have_value(STRANGER)
    go_on(page)
    page.get_by_role("button", name="Request withdrawal").click()
    expect(page.get_by_role("heading", name="We're reviewing your withdrawal")).to_be_focused()
    expect(page.locator("[data-available]")).to_have_text("$30.123")
    assert violations(page) == []
    assert outside(page) == []


def watch_it_paid(page: Page, stack: Stack) -> None:
    """Have it approved, and touch nothing until it is paid."""
    withdrawal = page.locator("[data-withdrawal]").get_attribute("data-withdrawal")
    assert withdrawal is not None
    admin = json.loads(stack.command("sandbox", "admin", "--json"))["userId"]
    stack.command("withdrawal", "approve", withdrawal, "--by", admin)
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "Paid", timeout=FINAL_MS)
    expect(page.get_by_role("heading", name="18.00 USDT paid to your address")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel withdrawal")).to_be_hidden()
    told = json.loads(stack.command("withdrawal", "show", withdrawal, "--json"))
    assert TXID.match(told["txid"])
    page.get_by_role("button", name="Copy transaction").first.click()
    assert pasted(page, told["txid"]) == told["txid"]
    row = page.locator("[data-withdrawal]")
    row.locator("summary").click()
    expect(row.get_by_text("You received 18.00 USDT")).to_be_visible()
    assert violations(page) == []
    assert outside(page) == []


def test_one_that_nobody_has_approved_is_taken_back(page: Page, stack: Stack) -> None:
    come(page, stack)
    request(page)
    page.get_by_role("button", name="Cancel withdrawal").click()
    question = page.get_by_role("dialog", name="Cancel this withdrawal?")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    question.get_by_role("button", name="Cancel withdrawal").click()
    news = page.get_by_role("status").filter(has_text="All $20.00, including the fee")
    expect(news).to_contain_text("is back in your commission.")
    expect(page.locator("[data-available]")).to_have_text("$50.00")
    expect(page.get_by_label("Your address")).to_have_value("")
    expect(page.locator("[data-withdrawal]")).to_contain_text("Cancelled")
    page.goto("/en/account/statement?account=commission")
    rows = page.get_by_role("row")
    expect(rows.filter(has_text="Withdrawal returned")).to_contain_text("+$20.00")
    expect(rows.filter(has_text="Withdrawal requested")).to_contain_text("-$20.00")


def test_what_a_reviewer_says_is_read_by_its_owner(page: Page, stack: Stack) -> None:
    come(page, stack)
    withdrawal = request(page)
    admin = json.loads(stack.command("sandbox", "admin", "--json"))["userId"]
    place = page.evaluate("scrollY")
    stack.command("withdrawal", "reject", withdrawal, "--by", admin, "--note", "Ask us first.")
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "Rejected")
    expect(page.locator("[data-status]")).to_contain_text("Ask us first.")
    expect(page.locator("[data-available]")).to_have_text("$50.00")
    # Whoever looks on stays where they are.
    expect(page.get_by_role("heading", name="Withdraw in USDT")).not_to_be_focused()
    assert page.evaluate("scrollY") == place


def test_what_is_sent_with_mistakes_leads_to_the_first_of_them(page: Page, stack: Stack) -> None:
    come(page, stack)
    expect(page.get_by_role("heading", name="Withdraw in USDT")).to_be_visible()
    page.get_by_label("Amount", exact=True).fill("1")
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.get_by_text("Enter the address we should pay to.")).to_be_visible()
    expect(page.get_by_text("The smallest withdrawal is $5.00.")).to_be_visible()
    expect(page.get_by_label("Your address")).to_be_focused()


def test_who_signed_in_too_long_ago_signs_in_again_and_confirms(page: Page, stack: Stack) -> None:
    sign_in(page, WITHDRAW)
    expect(page.get_by_text("There isn't enough to withdraw yet")).to_be_visible()
    change(stack, earn_and_age)
    page.reload()
    fill(page, "20")
    go_on(page)
    page.get_by_role("link", name="Sign in again to confirm").click()
    page.wait_for_url("**/en/login?*")
    expect(page.get_by_text("Before you withdraw, sign in again")).to_be_visible()
    expect(page.get_by_text("You're signed in.")).to_be_hidden()
    page.get_by_role("link", name="Continue with Google").click()
    # After "Somebody new" and four who are always there comes who was added last.
    page.locator("button[name=person]").nth(5).click()
    page.wait_for_url("**/en/account/withdraw?draft=*")
    expect(page.get_by_role("heading", name="Check and confirm")).to_be_visible()
    page.get_by_role("button", name="Request withdrawal").click()
    expect(page.locator("[data-status]")).to_have_attribute("data-status", "In review")


def test_both_steps_without_scripts(browser: Browser, stack: Stack) -> None:
    scripted = browser.new_context(base_url=stack.origin)
    come(scripted.new_page(), stack)
    plain = browser.new_context(
        base_url=stack.origin, java_script_enabled=False, storage_state=scripted.storage_state()
    )
    page = plain.new_page()
    page.goto(WITHDRAW)
    page.wait_for_url("**?plain")
    fill(page, "4", "0x12")
    page.get_by_role("button", name="Continue", exact=True).click()
    wrong = page.locator("[role=alert]:visible")
    expect(wrong.first).to_contain_text("This isn't a TRON address.")
    expect(wrong.last).to_contain_text("The smallest withdrawal is $5.00.")
    expect(page.get_by_label("Your address")).to_have_value("0x12")
    expect(page.get_by_label("Your address")).to_be_focused()
    page.get_by_label("Your address").fill(STRANGER)
    page.get_by_role("button", name="Continue with all of it").click()
    expect(page.get_by_role("heading", name="Check and confirm")).to_be_visible()
    expect(page.locator("#confirm")).to_contain_text("47.50 USDT")
    assert outside(page) == []
    page.get_by_role("button", name="Request withdrawal").click()
    expect(page.get_by_role("heading", name="We're reviewing your withdrawal")).to_be_visible()
    page.get_by_role("button", name="Cancel withdrawal").click()
    expect(page.locator("#cancelled")).to_contain_text("Withdrawal cancelled. The full amount")
    expect(page.locator("#cancelled")).to_be_visible()
    expect(page.get_by_label("Amount (USDT)")).to_be_visible()
    plain.close()
    scripted.close()
