"""Topping up in a real browser: from an amount to balance, and everything people send instead."""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.clipboard import pasted
from tests.e2e.stack import Stack

FINAL_MS: Final = 180_000
"""A block comes every 3 s and is final two blocks later; others use the machine, too."""

ADDRESS: Final = re.compile(r"^T[1-9A-HJ-NP-Za-km-z]{33}$")

Scheme = Literal["light", "dark"]


def sign_in(page: Page, path: str = "/en/account/topup") -> None:
    """Sign in as somebody new, and land on a page."""
    page.goto(f"/api/auth/google?next={path}")
    page.get_by_role("button", name="Somebody new").first.click()
    page.wait_for_url(f"**{path}")


def stage(page: Page, name: str) -> None:
    """Wait, touching nothing, until the recharge stands so."""
    expect(page.locator("[data-recharge]")).to_have_attribute("data-stage", name, timeout=FINAL_MS)


def open_recharge(page: Page, amount: str = "10") -> None:
    page.goto("/en/account/topup")
    page.get_by_label("Or another amount").fill(amount)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/account/topup/c*")
    stage(page, "waiting")


def send(page: Page, amount: str, token: str = "usdt") -> None:
    """Send something else than what was asked for."""
    details = page.locator("details").filter(has_text="Send something else")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    details.get_by_label("Amount").fill(amount)
    details.get_by_label("Token").select_option(token)
    details.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent. It is in one of the next blocks.").last).to_be_visible()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


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
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    sign_in(page)
    assert fits(page)
    expect(page.locator("#balance")).to_have_text("$20.00")
    page.locator("label").filter(has=page.locator("input[value='10']")).click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/account/topup/c*")
    stage(page, "waiting")
    assert fits(page)

    address = page.locator("[data-address]").inner_text().replace("\n", "")
    assert ADDRESS.match(address)
    page.get_by_role("button", name="Copy address").click()
    assert pasted(page, address) == address
    page.get_by_role("button", name="Copy amount").click()
    assert pasted(page, "10.00") == "10.00"
    expect(page.get_by_role("img", name="QR code of the address")).to_be_visible()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^(30:00|2[5-9]:\d\d)$"))
    page.get_by_role("button", name="I have paid").click()
    expect(page.get_by_text("We are looking now.")).to_be_visible()

    page.get_by_role("button", name="Send 10.00 USDT").click()
    stage(page, "credited")
    expect(page.get_by_role("heading", name="10.00 USDT is on your balance")).to_be_visible()
    expect(page.locator("#balance")).to_have_text("$30.00")
    assert fits(page)

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
    expect(page.get_by_role("heading", name="One top-up is open")).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_hidden()
    page.get_by_role("link", name="Go to the open top-up").click()
    page.wait_for_url(first)

    page.get_by_role("button", name="Cancel", exact=True).click()
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
    expect(page.get_by_text("That is not an amount we can take.").first).to_be_visible()
    page.get_by_label("Or another amount").fill("12.34")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/account/topup/c*")
    first = page.url
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
    expect(page.locator("[data-refusal]")).to_contain_text("from 1 to 5,000")
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
    expect(page).to_have_title("10.00 USDT is on your balance", timeout=FINAL_MS)
    page.evaluate(
        "delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))"
    )
    expect(page).to_have_title(title)


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


@pytest.fixture(scope="module")
def states(browser: Browser, stack: Stack) -> Iterator[dict[str, tuple[Any, str]]]:
    """Recharges in every state that a visitor alone can bring about: cookies and address."""
    contexts: dict[str, tuple[BrowserContext, Page]] = {}
    for name in ("waiting", "cancelled", "under", "fake", "twice"):
        context = browser.new_context(base_url=stack.origin, locale="en-US")
        page = context.new_page()
        sign_in(page)
        open_recharge(page)
        contexts[name] = context, page
    send(contexts["under"][1], "9.99")
    send(contexts["fake"][1], "10", "fake")
    send(contexts["twice"][1], "10")
    page = contexts["cancelled"][1]
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel top-up").click()
    stage(page, "cancelled")
    stage(contexts["twice"][1], "credited")
    send(contexts["twice"][1], "10")
    for name in ("under", "fake", "twice"):
        stage(contexts[name][1], "review")
    yield {
        name: (context.storage_state(), page.url.removeprefix(f"{stack.origin}/en/"))
        for name, (context, page) in contexts.items()
    }
    for context, _ in contexts.values():
        context.close()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("under", "9.99 USDT arrived, and 10.00 USDT was asked for."),
        ("fake", "A token arrived that is not USDT"),
        ("twice", "10.00 USDT is on your balance already."),
    ],
)
def test_what_people_send_instead_is_told_as_it_is(
    browser: Browser,
    stack: Stack,
    states: dict[str, tuple[Any, str]],
    state: str,
    words: str,
) -> None:
    cookies, path = states[state]
    context = browser.new_context(base_url=stack.origin, storage_state=cookies, locale="en-US")
    page = context.new_page()
    page.goto(f"/en/{path}")
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("heading", name="What arrived", exact=True)).to_be_visible()
    # A fake token does not close the way to pay; a wrong amount does.
    payable = page.get_by_role("heading", name="Waiting for your payment")
    expect(payable).to_have_count(1 if state == "fake" else 0)
    context.close()


def test_nobody_sees_somebody_else_s_top_up(page: Page, states: dict[str, tuple[Any, str]]) -> None:
    page.goto(f"/en/{states['waiting'][1]}")
    expect(page.get_by_role("heading", name="Sign in to see this top-up")).to_be_visible()
    sign_in(page)
    page.goto(f"/en/{states['waiting'][1]}")
    expect(page.get_by_role("heading", name="There is no such top-up")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "scheme", "width"),
    [("en", "light", 390), ("en", "dark", 1440), ("ar", "light", 1440), ("ar", "dark", 320)],
)
def test_every_state_can_be_used_by_everybody_and_fits(
    browser: Browser,
    stack: Stack,
    states: dict[str, tuple[Any, str]],
    locale: str,
    scheme: Scheme,
    width: int,
) -> None:
    complaints: dict[str, list[str]] = {}
    for state, (cookies, path) in states.items():
        context = browser.new_context(
            base_url=stack.origin,
            storage_state=cookies,
            color_scheme=scheme,
            viewport={"width": width, "height": 844},
            reduced_motion="reduce",
        )
        page = context.new_page()
        for address, ready in (
            (path, "[data-recharge]"),
            ("account/topup", "main section ul li, main a[href*='/topup/c']"),
        ):
            page.goto(f"/{locale}/{address}")
            expect(page.locator(ready).first).to_be_visible()
            expect(page.locator("#balance")).to_contain_text(".")
            found = violations(page)
            if not fits(page):
                found.append("it does not fit")
            if found:
                complaints[f"{state} {address}"] = found
        context.close()
    assert complaints == {}


def test_the_page_of_a_top_up_hardly_moves_while_it_loads(
    browser: Browser, stack: Stack, states: dict[str, tuple[Any, str]]
) -> None:
    cookies, path = states["waiting"]
    context = browser.new_context(base_url=stack.origin, storage_state=cookies, locale="en-US")
    page = context.new_page()
    page.goto(f"/en/{path}")
    expect(page.locator("[data-recharge]")).to_be_visible()
    moved = page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
                .observe({type: 'layout-shift', buffered: true});
            requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
        })"""
    )
    context.close()
    assert moved <= 0.02
