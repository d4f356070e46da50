"""What a newcomer comes for, from the first page to a refund, by keyboard alone.

Each walk is in another language, on another screen, in another light.
"""

import re
from decimal import Decimal
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from jiema_app.i18n.translation import t, tn
from jiema_app.settings import get_settings
from tests.e2e.complaints import hear_exceptions
from tests.e2e.keyboard import Keyboard
from tests.e2e.stack import Stack

MALAYSIA: Final = {"en": "Malaysia", "zh": "马来西亚", "ar": "ماليزيا"}
AMOUNT: Final = re.compile(r"\d+\.\d\d")
CODE_PATIENCE_MS: Final = 120_000
"""The sandbox sends an SMS 3 to 8 s after a number was handed out."""


def balance(page: Page) -> Decimal:
    """What the header says, in USD."""
    shown = page.locator("#balance")
    expect(shown).to_have_text(AMOUNT)
    found = AMOUNT.search(shown.inner_text())
    assert found is not None
    return Decimal(found[0])


def search(page: Page, keys: Keyboard, text: str) -> None:
    """Go to the search field of a list, as soon as the page listens."""
    field = page.locator("main input[type=search]")
    expect(field).to_be_visible()
    page.wait_for_load_state("networkidle")
    keys.reach(field)
    keys.write(text)


def find_and_buy(page: Page, keys: Keyboard, locale: str) -> None:
    """From the catalogue: Telegram, Malaysia, buy."""
    page.goto(f"/{locale}/browse")
    search(page, keys, "telegram")
    page.keyboard.press("Enter")
    page.wait_for_url("**/service/telegram")
    buy_in_malaysia(page, keys, locale)


def buy_in_malaysia(page: Page, keys: Keyboard, locale: str) -> None:
    """On the page of a service."""
    search(page, keys, MALAYSIA[locale])
    row = page.locator("[data-key=my]")
    expect(page.locator("[data-key=ru]")).to_be_hidden()
    keys.use(row.get_by_role("button"))


def expect_codes(page: Page, count: int) -> None:
    """Wait, touching nothing, until so many codes have come."""
    order = page.locator("[data-order]")
    expect(order).to_have_attribute("data-sms-count", str(count), timeout=CODE_PATIENCE_MS)


@pytest.mark.parametrize(
    ("locale", "width", "scheme"),
    [("en", 390, "light"), ("zh", 1440, "dark"), ("ar", 390, "dark"), ("en", 1440, "light")],
)
def test_from_the_first_page_to_a_refund(
    browser: Browser, stack: Stack, locale: str, width: int, scheme: Any
) -> None:
    context = browser.new_context(
        base_url=stack.origin,
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    complaints: list[str] = []
    hear_exceptions(page, complaints)
    keys = Keyboard(page)

    # Somebody who has never been here finds Telegram and picks Malaysia.
    find_and_buy(page, keys, locale)
    # To buy one signs in: a stand-in for Google asks who one is, and leads back.
    page.wait_for_url("**/login?next=*")
    keys.use(page.locator("a[href*='/api/auth/google']"))
    keys.use(page.get_by_role("button", name="Somebody new"))
    page.wait_for_url("**/service/telegram?country=my")
    before = balance(page)
    keys.use(page.locator("[data-key=my]").get_by_role("button"))
    page.wait_for_url("**/order/*")

    # The code comes by itself; a second one comes when it is asked for, free of charge.
    expect_codes(page, 1)
    paid = before - balance(page)
    assert paid > 0
    words = "Get another code ({n} left, free)"
    another = tn(locale, words, words, get_settings().orders.next_sms_max)
    keys.use(page.get_by_role("button", name=another))
    expect_codes(page, 2)
    assert before - balance(page) == paid

    # A second order is cancelled before its code comes, and its price is back.
    with stack.without_sms():
        find_and_buy(page, keys, locale)
        page.wait_for_url("**/order/*")
    keys.use(page.get_by_role("button", name=t(locale, "Cancel and get a refund")))
    keys.use(page.get_by_role("dialog").get_by_role("button", name=t(locale, "Cancel order")))
    expect(page.locator("[data-order]")).to_have_attribute("data-status", "CANCELLED")
    expect(page.locator("#balance")).to_have_text(re.compile(rf"{before - paid}"))

    # A key of the API, shown once, works from a program.
    page.goto(f"/{locale}/account/api-keys")
    keys.reach(page.locator("#key-name"))
    keys.write("walk")
    page.keyboard.press("Enter")
    shown = page.get_by_text(re.compile(r"^jm_[\w-]{43}$"))
    expect(shown).to_be_visible()
    # The form has made room for the key; whoever filled it in is still at that place.
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    answer = stack.ask("/api/v1/account", headers={"x-api-key": shown.inner_text().strip()})
    assert answer.json()["data"]["balanceCents"] == str(int((before - paid) * 100))
    assert complaints == []
    context.close()
