"""The pages about one's own account, in a real browser."""

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.stack import Stack

PATHS = ("account", "account/statement", "account/api-keys", "account/sessions")


def sign_in(page: Page, path: str = "/en/account", person: str = "Somebody new") -> None:
    """Sign in as the sandbox's providers let one, and land on a page."""
    page.goto(f"/api/auth/google?next={path}")
    page.get_by_role("button", name=person).first.click()
    page.wait_for_url(f"**{path}")


def make_key(page: Page, name: str) -> str:
    """Create a key on its page, and read it while it is shown."""
    page.get_by_label("What's it for?").fill(name)
    page.get_by_role("button", name="Create key").click()
    expect(page.get_by_text("Copy it now.")).to_be_visible()
    return page.locator("#fresh-key").inner_text()


def balance_seen_by(stack: Stack, token: str) -> httpx.Response:
    return stack.ask("/api/v1/account", headers={"X-API-Key": token})


def place(stack: Stack, token: str) -> str:
    wish = {"service": "tg", "country": 7}
    answer = stack.ask("/api/v1/orders", "POST", headers={"X-API-Key": token}, json=wish)
    assert answer.status_code == 200, answer.text
    found = re.search(r'"(c[0-9a-z]{24})"', answer.text)
    assert found is not None
    return found[1]


def test_a_key_is_made_used_and_revoked(page: Page, stack: Stack) -> None:
    sign_in(page, "/en/account/api-keys")
    expect(page.get_by_text("No API keys yet")).to_be_visible()
    token = make_key(page, "Test server")
    assert re.fullmatch(r"jm_[A-Za-z0-9_-]{43}", token)
    assert balance_seen_by(stack, token).status_code == 200
    command = page.locator("#fresh-command").inner_text()
    assert command == f'curl {stack.origin}/api/v1/account -H "X-API-Key: {token}"'
    assert page.get_by_role("button", name="Copy key").get_attribute("data-copy") == token

    page.get_by_role("button", name="I've saved it").click()
    expect(page.locator("#fresh-key")).to_have_count(0)
    assert token not in page.content()
    row = page.get_by_role("row").filter(has_text="Test server")
    expect(row).to_contain_text(token[:8])

    row.get_by_role("button", name="Revoke Test server").click()
    dialog = page.get_by_role("dialog", name="Revoke this key?")
    dialog.get_by_role("button", name="Keep key").click()
    expect(dialog).to_be_hidden()
    assert balance_seen_by(stack, token).status_code == 200
    row.get_by_role("button", name="Revoke Test server").click()
    dialog.get_by_role("button", name="Revoke key").click()
    expect(page.get_by_text("Key revoked.")).to_be_visible()
    expect(page.get_by_text("No API keys yet")).to_be_visible()
    assert balance_seen_by(stack, token).status_code == 401


def test_a_reload_shows_no_key_again(page: Page) -> None:
    sign_in(page, "/en/account/api-keys")
    token = make_key(page, "Forgotten")
    page.reload()
    expect(page.get_by_role("row").filter(has_text="Forgotten")).to_be_visible()
    expect(page.get_by_label("What's it for?")).to_be_visible()
    assert token not in page.content()


def test_the_statement_adds_up_to_the_balance_on_the_page_and_in_the_file(
    page: Page, stack: Stack
) -> None:
    sign_in(page, "/en/account/api-keys")
    token = make_key(page, "Orders")
    order = place(stack, token)
    page.goto("/en/account/statement")
    lines = page.get_by_role("row").filter(has=page.get_by_role("cell"))
    expect(lines).to_have_count(2)
    amounts = [
        Decimal(text.replace("$", "").replace(",", ""))
        for text in lines.locator("td:nth-child(3)").all_inner_texts()
    ]
    balance, _, _, difference = page.locator("main dd").all_inner_texts()
    assert difference == f"+{balance}"
    assert f"${sum(amounts):.2f}" == balance
    expect(page.locator("#balance")).to_have_text(balance)
    link = page.get_by_role("main").get_by_role("link", name="Telegram · Malaysia")
    assert link.get_attribute("href") == f"/en/order/{order}"

    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert download.value.suggested_filename.startswith("statement-2")
    text = download.value.path().read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert sum(Decimal(row["amount_usdt"]) for row in rows) == sum(amounts)

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Kind").select_option(label="Order placed")
    page.get_by_label("API key", exact=True).select_option(index=1)
    page.get_by_role("button", name="Apply filter").click()
    page.wait_for_url("**/account/statement?kind=order_placed&*key=c*")
    expect(lines).to_have_count(1)
    expect(page.get_by_label("Kind")).to_have_value("order_placed")
    page.go_back()
    expect(lines).to_have_count(2)


def test_signing_out_everywhere_ends_an_open_page_of_another_browser_at_once(
    browser: Browser, stack: Stack
) -> None:
    laptop, phone = (browser.new_context(base_url=stack.origin, locale="en-US") for _ in "12")
    here, there = laptop.new_page(), phone.new_page()
    sign_in(here, "/en/account/sessions", "Ada Lim")
    sign_in(there, "/en/account", "Ada Lim")
    expect(there.get_by_role("heading", name="Recent activity")).to_be_visible()
    here.reload()
    expect(here.get_by_text("This browser")).to_have_count(1)
    here.get_by_role("button", name="Sign out everywhere").click()
    dialog = here.get_by_role("dialog", name="Sign out everywhere?")
    dialog.get_by_role("button", name="Sign out everywhere").click()

    # Nobody touches the other page.
    expect(there.get_by_text("Sign in to see your account.")).to_be_visible()
    expect(there.get_by_role("heading", name="Recent activity")).to_have_count(0)
    there.goto("/en/account/api-keys")
    expect(there.get_by_text("Sign in to create your first API key.")).to_be_visible()
    here.goto("/en/account")
    expect(here.get_by_text("Sign in to see your account.")).to_be_visible()
    laptop.close()
    phone.close()


def test_one_browser_is_signed_out_from_another(browser: Browser, stack: Stack) -> None:
    laptop, phone = (browser.new_context(base_url=stack.origin, locale="en-US") for _ in "12")
    here, there = laptop.new_page(), phone.new_page()
    sign_in(there, "/en/account/api-keys", "Ada Lim")
    sign_in(here, "/en/account/sessions", "Ada Lim")
    other = here.locator("main li").filter(has_text="Signed in").filter(has_not_text="This browser")
    expect(other).to_have_count(1)
    other.get_by_role("button", name="Sign out").click()
    expect(here.get_by_text("That browser is signed out.")).to_be_visible()
    expect(other).to_have_count(0)
    expect(there.get_by_text("Sign in to create your first API key.")).to_be_visible()
    laptop.close()
    phone.close()


def test_a_name_is_changed_and_kept(page: Page) -> None:
    sign_in(page)
    field = page.get_by_label("Display name")
    field.fill("Ann of Ipoh")
    field.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Display name")).to_have_value("Ann of Ipoh")
    page.get_by_label("Display name").fill("   ")
    page.get_by_label("Display name").press("Enter")
    expect(page.get_by_text("Use 1 to 60 visible characters.")).to_be_visible()
    expect(page.get_by_label("Display name")).to_have_attribute("aria-invalid", "true")


def test_signing_out_leaves_nothing_behind(page: Page) -> None:
    sign_in(page)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/en")
    page.goto("/en/account")
    expect(page.get_by_text("Sign in to see your account.")).to_be_visible()


@pytest.mark.parametrize("path", PATHS)
def test_a_guest_is_invited_and_led_back(page: Page, path: str) -> None:
    page.goto(f"/en/{path}")
    link = page.locator("main").get_by_role("link", name="Sign in")
    expect(link).to_have_count(1)
    address = link.get_attribute("href") or ""
    assert address == f"/en/login?next=%2Fen%2F{path.replace('/', '%2F')}"
    expect(page.locator("main [aria-busy]")).to_have_count(0)


@pytest.fixture
def member(context: BrowserContext) -> Callable[[Page], None]:
    """Give a page the cookies of somebody who is signed in and has one movement."""
    page = context.new_page()
    sign_in(page)
    page.close()
    return lambda other: other.context.add_cookies(context.cookies())  # type: ignore[arg-type]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1440])
def test_they_fit_the_screen(
    browser: Browser, stack: Stack, member: Callable[[Page], None], width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        base_url=stack.origin,
    )
    page = context.new_page()
    member(page)
    for locale in ("en", "ar", "zh"):
        for path in PATHS:
            page.goto(f"/{locale}/{path}")
            expect(page.locator("main [aria-busy=true]")).to_have_count(0)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()
