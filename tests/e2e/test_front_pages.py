"""The sign-in page, the API documentation and the page of components, in a real browser."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.stack import ROOT, Stack


@pytest.fixture
def customer(stack: Stack) -> dict[str, Any]:
    """A new user with a balance, a key, and a link that signs a browser in."""
    made = subprocess.run(
        [sys.executable, "-m", "jiema_app", "sandbox", "user", "--json"],
        cwd=ROOT,
        env={**os.environ, **stack.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(made.stdout)
    return found


def test_searching_on_the_home_page_leads_to_the_catalogue(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=stack.origin)
    page = context.new_page()
    page.goto("/en")
    page.get_by_role("searchbox").fill("tele gram")
    page.get_by_role("search").get_by_role("button").click()
    expect(page).to_have_url(f"{stack.origin}/en/browse?q=tele+gram")
    context.close()


def test_the_home_page_shows_what_sells_and_answers_questions(page: Page) -> None:
    page.goto("/en")
    expect(page.locator("a[href='/en/service/telegram'] img").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"from \$0\.\d\d")).first).to_be_visible()
    question = page.get_by_text("How do I pay?")
    answer = page.get_by_text("You top up a prepaid balance")
    expect(answer).to_be_hidden()
    question.click()
    expect(answer).to_be_visible()


def test_signing_in_leads_back_to_where_one_was(page: Page) -> None:
    page.goto("/en/login?next=%2Fen%2Forders%3Fpage%3D2")
    for provider in ("google", "telegram"):
        button = page.locator(f"a[href*='/api/auth/{provider}?']")
        expect(button).to_have_attribute("href", re.compile(r"next=%2Fen%2Forders%3Fpage%3D2$"))


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("denied", "You weren't signed in"),
        ("expired", "The sign-in took too long"),
        ("blocked", "This account is blocked"),
        ("<b>", ""),
    ],
)
def test_what_went_wrong_is_said_on_the_sign_in_page(page: Page, outcome: str, words: str) -> None:
    page.goto(f"/en/login?error={outcome}")
    shown = page.locator("[data-outcome]:visible")
    expect(shown).to_have_count(1 if words else 0)
    if words:
        expect(shown).to_contain_text(words)


@pytest.mark.parametrize(
    "wish",
    [
        *("https://evil.example/", "//evil.example", "javascript:alert(1)"),
        # Paths of ours, which read without our name are another host's.
        *("/.//evil.example", "/en/..//evil.example", "/%252e//evil.example", "/.%2f/evil.example"),
    ],
)
def test_nobody_signed_in_is_sent_elsewhere(page: Page, stack: Stack, wish: str) -> None:
    page.goto(f"/en/login?next={wish}")
    onward = page.locator("[data-onward]").evaluate("a => a.href")
    assert str(onward).startswith(f"{stack.origin}/")


def test_signing_in_works_without_scripts(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=stack.origin)
    page = context.new_page()
    page.goto("/ar/login")
    href = page.locator("a[href^='/api/auth/google?']").get_attribute("href")
    assert href == "/api/auth/google?next=/ar/browse"
    context.close()


def test_who_is_signed_in_is_told_so(page: Page, customer: dict[str, Any]) -> None:
    page.goto(customer["loginUrl"])
    page.goto("/en/login?next=/en/orders")
    expect(page.get_by_text("You're signed in.")).to_be_visible()
    expect(page.get_by_role("link", name="Continue", exact=True)).to_have_attribute(
        "href", "/en/orders"
    )
    page.goto("/en/api-docs")
    expect(page.get_by_text("Sign in to create your first API key.")).to_be_hidden()
    expect(page.get_by_role("link", name="Manage your API keys")).to_be_visible()


def test_the_language_of_examples_is_chosen_once(page: Page) -> None:
    page.goto("/en/api-docs")
    expect(page.get_by_text("Sign in to create your first API key.")).to_be_visible()
    expect(page.locator("[data-sample=curl]:visible")).to_have_count(10)
    page.get_by_text("Python", exact=True).nth(4).click()
    expect(page.locator("[data-sample=python]:visible")).to_have_count(10)
    page.reload()
    expect(page.locator("[data-sample=python]:visible")).to_have_count(10)
    expect(page.locator("[data-sample=curl]:visible")).to_have_count(0)


def test_examples_can_be_chosen_without_scripts(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=stack.origin)
    page = context.new_page()
    page.goto("/en/api-docs")
    page.get_by_text("JavaScript", exact=True).first.click()
    expect(page.locator("[data-sample=javascript]:visible")).to_have_count(1)
    expect(page.locator("[data-try-api]")).to_be_hidden()
    context.close()


def test_the_api_can_be_tried_with_one_s_own_key(page: Page, customer: dict[str, Any]) -> None:
    page.goto("/en/api-docs")
    page.get_by_label("API key", exact=True).fill(customer["apiKey"])
    send = page.get_by_role("button", name="Send request")
    send.click()
    result = page.locator("[data-result]")
    expect(result).to_contain_text("200")
    expect(result).to_contain_text('"balanceCents": "5000"')
    expect(result).to_contain_text("RateLimit-Remaining: ")

    page.get_by_label("Request").select_option("POST /v1/orders")
    send.click()
    # Nothing is ordered before the box is ticked.
    expect(result).to_contain_text('"balanceCents": "5000"')
    page.get_by_label("This places a real order").check()
    send.click()
    expect(result).to_contain_text('"status": "WAITING"')
    stored = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert customer["apiKey"] not in stored
    assert customer["apiKey"] not in page.url


def test_a_wrong_key_is_answered_by_the_api(page: Page, complaints: list[str]) -> None:
    page.goto("/en/api-docs")
    page.get_by_label("API key", exact=True).fill("jm_wrong")
    page.get_by_role("button", name="Send request").click()
    result = page.locator("[data-result]")
    expect(result).to_contain_text("AUTH_INVALID")
    assert [complaint for complaint in complaints if "401" not in complaint] == []
    complaints.clear()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_every_component_is_drawn_without_a_complaint(page: Page, locale: str) -> None:
    page.goto(f"/{locale}/components")
    expect(page.locator("[data-ring] [role=timer]")).to_have_text(
        re.compile(r"^(10:00|[89]:\d\d)$")
    )
    page.get_by_role("button", name="Open the dialog").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_text("Second", exact=True).click()
    expect(page.get_by_text("The second view.")).to_be_visible()
    expect(page.get_by_text("The first view.")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_skip_link_moves_the_focus_and_loads_nothing(page: Page) -> None:
    page.goto("/en/login?error=denied")
    page.evaluate("window.isSameDocument = true")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    assert page.evaluate("window.isSameDocument")
    assert page.url.endswith("/en/login?error=denied#content")
