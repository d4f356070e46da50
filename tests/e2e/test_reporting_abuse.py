"""Reporting abuse, in a real browser: without an account, with scripts and without."""

import os
import re
import subprocess
import sys

from playwright.sync_api import Browser, Page, expect

from tests.e2e.judging import violations
from tests.e2e.stack import ROOT, Stack

TICKET = re.compile(r"/en/abuse/(AR(?:-[2-9A-Y]{4}){4})$")


def run(stack: Stack, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "jiema_app", "abuse", *words],
        cwd=ROOT,
        env={**os.environ, **stack.environment},
        capture_output=True,
        check=True,
    )


def ticket_of(page: Page) -> str:
    expect(page).to_have_url(TICKET)
    found = TICKET.search(page.url)
    assert found is not None
    return found[1]


def test_a_report_is_sent_answered_and_found_again(
    page: Page, stack: Stack, complaints: list[str]
) -> None:
    page.goto("/en/abuse")
    page.get_by_text("A service or website").click()
    page.get_by_label("What happened?").fill("It signed up forty times.\nAll of it on Monday.")
    number = page.get_by_label("Phone number or link")
    number.evaluate("field => field.removeAttribute('maxlength')")
    number.fill("x" * 301)
    page.get_by_role("button", name="Send report").click()
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_be_focused()
    expect(page.locator("[data-field=subject]").get_by_role("alert")).to_have_text(
        "Use up to 300 visible characters."
    )
    # Browsers say so of every refusal; nothing else may have gone wrong.
    assert [one for one in complaints if "status of 400" not in one] == []
    complaints.clear()
    number.fill("+60 12-345 6789")
    expect(page.get_by_label("What happened?")).to_have_value(re.compile("forty times"))
    page.get_by_role("button", name="Send report").click()
    ticket = ticket_of(page)
    expect(page.get_by_role("main")).to_contain_text("Received")
    expect(page.get_by_role("main")).not_to_contain_text("forty times")
    assert violations(page) == []

    run(stack, "answer", ticket, "--text", "We found the order and blocked the account.")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("We found the order")


def test_it_works_without_scripts(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=stack.origin)
    page = context.new_page()
    page.goto("/en/abuse")
    page.get_by_text("A person affected, or their lawyer").click()
    page.get_by_label("What happened?").fill("          x          ")
    page.get_by_role("button", name="Send report").click()
    expect(page.locator("#refused-words")).to_be_visible()
    page.get_by_text("A person affected, or their lawyer").click()
    page.get_by_label("What happened?").fill("Somebody wrote to me from it.")
    page.get_by_role("button", name="Send report").click()
    ticket = ticket_of(page)
    page.goto("/en/abuse")
    page.get_by_label("Ticket ID").fill(ticket.lower().replace("-", " "))
    page.get_by_role("button", name="Check status").click()
    assert ticket_of(page) == ticket
    answer = page.goto("/en/abuse/AR-2222-2222-2222-2222")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Ticket not found")
    context.close()
