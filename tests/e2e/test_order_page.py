"""The page of an order in a real browser, through everything that may go wrong meanwhile."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

from jiema_app.processes.fingerprints import current_build
from jiema_app.settings import get_settings
from tests.e2e.clipboard import pasted
from tests.e2e.conftest import launch
from tests.e2e.judging import moved, outside
from tests.support.cluster import Cluster
from tests.support.live import WHOLE_SITE, LiveStack, live_stack
from tests.support.signed_in import Member, buy, services_of, sign_in

LOCALES = {"JIEMA_LOCALES": ",".join(get_settings().locales)}
CODE = "482913"
RECOVERY_MS = 180_000
COMES_BACK = 10
"""Times that somebody comes back until the browser has kept the page."""


@pytest.fixture(scope="module")
def site(cluster: Cluster) -> Iterator[LiveStack]:
    """Processes that a test may kill."""
    assert current_build(get_settings().locales).exists(), "the pages are stale: make build"
    with live_stack(cluster, application=WHOLE_SITE, settings=LOCALES) as stack:
        yield stack


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Playwright's own loop occupies this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture
def member(site: LiveStack) -> Member:
    async def make() -> Member:
        async with site.supplier() as supplier:
            await supplier.behave(smsDelaySeconds=None, minCancelSeconds=0)
        return await sign_in(site)

    made: Member = run(make())
    return made


@pytest.fixture
def order(site: LiveStack, member: Member) -> dict[str, Any]:
    bought: dict[str, Any] = run(buy(site, member))
    return bought


def cookies_of(site: LiveStack, member: Member) -> list[Any]:
    """What a browser has of somebody who signed in."""
    return [
        {"name": "sid", "value": member.token, "url": site.origin},
        {"name": "signed_in", "value": "1", "url": site.origin},
    ]


async def sign_out_everywhere(site: LiveStack, member: Member) -> None:
    """As with the button, in another tab."""
    async with services_of(site) as services:
        await services.sessions.close_all(member.customer.id)


@pytest.fixture
def shown(
    site: LiveStack, browser: Browser, member: Member, order: dict[str, Any]
) -> Iterator[Page]:
    """The page of an order that waits."""
    context = browser.new_context(base_url=site.origin, locale="en-US")
    context.add_cookies(cookies_of(site, member))
    page = context.new_page()
    page.goto(f"/en/order/{order['id']}")
    expect(page.locator("[data-order]")).to_have_attribute("data-status", "WAITING")
    yield page
    context.close()


def send_sms(site: LiveStack, order: dict[str, Any], text: str = f"Your code: {CODE}") -> None:
    async def send() -> None:
        async with site.supplier() as supplier:
            (await supplier.sms(order["phone"], text)).raise_for_status()

    run(send())


def test_shows_the_code_that_comes_and_copies_it(
    site: LiveStack, shown: Page, order: dict[str, Any]
) -> None:
    shown.context.grant_permissions(["clipboard-read", "clipboard-write"])
    send_sms(site, order)

    expect(shown.locator("[data-shown-code]")).to_have_text("482 913")
    shown.get_by_role("button", name="Copy code").first.click()
    assert pasted(shown, CODE) == CODE
    shown.get_by_role("button", name="Copy number").click()
    assert pasted(shown, order["phone"]) == order["phone"]


def test_an_sms_without_a_code_is_shown_whole_on_a_phone(
    site: LiveStack, shown: Page, order: dict[str, Any]
) -> None:
    shown.set_viewport_size({"width": 390, "height": 844})
    send_sms(site, order, f"Welcome! Follow https://example.com/{'a-long-path/' * 8}to go on")
    expect(shown.get_by_role("button", name="Copy text")).to_be_visible()
    assert outside(shown) == []


def test_recovers_when_the_server_is_killed_while_a_code_is_on_its_way(
    site: LiveStack, shown: Page, order: dict[str, Any]
) -> None:
    site.webs[0].kill()
    send_sms(site, order)
    expect(shown.get_by_text("Reconnecting.")).to_be_visible(timeout=RECOVERY_MS)
    site.webs[0].start()

    expect(shown.locator("[data-shown-code]")).to_have_text("482 913", timeout=RECOVERY_MS)
    expect(shown.get_by_text("Reconnecting.")).to_be_hidden()


def test_recovers_from_a_lost_network(site: LiveStack, shown: Page, order: dict[str, Any]) -> None:
    shown.context.set_offline(True)
    site.webs[0].restart()
    send_sms(site, order)
    shown.context.set_offline(False)

    expect(shown.locator("[data-shown-code]")).to_have_text("482 913", timeout=RECOVERY_MS)


def test_survives_a_reload(site: LiveStack, shown: Page, order: dict[str, Any]) -> None:
    send_sms(site, order)
    expect(shown.locator("[data-shown-code]")).to_be_visible()
    shown.reload()

    expect(shown.locator("[data-shown-code]")).to_have_text("482 913")


def test_counts_down_by_the_server_s_clock(
    site: LiveStack, browser: Browser, member: Member, order: dict[str, Any]
) -> None:
    context = browser.new_context(base_url=site.origin, locale="en-US")
    context.add_cookies([{"name": "sid", "value": member.token, "url": site.origin}])
    page = context.new_page()
    page.clock.install(time=0)
    page.goto(f"/en/order/{order['id']}")
    page.clock.run_for(2_000)

    expect(page.locator("[data-ring] [data-countdown]")).to_have_text(re.compile(r"^1[2-5]:\d\d$"))
    context.close()


def test_cancels_after_a_question_and_shows_the_balance(shown: Page) -> None:
    shown.get_by_role("button", name="Cancel and get a refund").click()
    question = shown.get_by_role("dialog", name="Cancel this order?")
    expect(question.get_by_role("button", name="Keep waiting")).to_be_focused()
    question.get_by_role("button", name="Cancel order").click()

    # And once more, a moment later, for screen readers.
    code = shown.get_by_role("region", name="Code")
    expect(code.get_by_text("You cancelled this order.")).to_be_visible()
    expect(shown.get_by_text("Your balance is now $50.00.")).to_be_visible()
    expect(shown.locator("#balance")).to_have_text("$50.00")
    expect(shown.get_by_role("button", name="Buy again")).to_be_visible()


def test_tells_of_a_code_in_the_title_of_a_hidden_tab(
    site: LiveStack, shown: Page, order: dict[str, Any]
) -> None:
    expect(shown).to_have_title("Telegram · Malaysia: Waiting for a code · jiema.my")
    shown.evaluate(
        "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})"
    )
    send_sms(site, order)
    expect(shown).to_have_title(f"(1) {CODE} · Code received")
    shown.evaluate(
        "delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))"
    )

    expect(shown).to_have_title("Telegram · Malaysia: Code received · jiema.my")


def test_remembers_how_one_wants_to_be_told(shown: Page) -> None:
    sound = shown.get_by_role("button", name="Sound")
    expect(sound).to_have_attribute("aria-pressed", "false")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    shown.reload()

    expect(shown.get_by_role("button", name="Sound")).to_have_attribute("aria-pressed", "true")


def test_hardly_moves_while_it_loads(shown: Page) -> None:
    shown.reload()
    expect(shown.locator("[data-order]")).to_be_visible()
    distance = moved(shown)

    assert distance <= 0.02


def open_signed_in(site: LiveStack, page: Page, order: dict[str, Any], member: Member) -> None:
    page.context.add_cookies(cookies_of(site, member))
    page.goto(f"/en/order/{order['id']}")


def open_as_a_guest(site: LiveStack, page: Page, order: dict[str, Any], member: Member) -> None:
    """They sign in in another tab, and this one loses its connection."""
    page.goto(f"/en/order/{order['id']}")
    # The server has said that nobody is there; until then scripts are still on their way.
    expect(page.locator("[data-live-page] .guest-only")).to_have_count(0)
    expect(page.locator("[data-order]")).to_have_count(0)
    page.context.add_cookies(cookies_of(site, member))
    site.webs[0].restart()


def go_back(page: Page) -> str | None:
    """Whether a page that the browser kept can be seen when it comes back; None: it kept none."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.text.startswith("true "):
            said.append(message.text)

    page.on("console", hear)
    away = page.url
    page.evaluate("setTimeout(() => history.back())")
    is_new = False
    while not (said or is_new):
        page.wait_for_timeout(50)
        with suppress(Error):  # it is going somewhere
            is_new = page.url != away and not page.evaluate("Boolean(globalThis.isMarked)")
    return next(iter(said), None)


def leave_sign_out_and_come_back(
    site: LiveStack,
    browser: Browser,
    order: dict[str, Any],
    member: Member,
    opened: Callable[[LiveStack, Page, dict[str, Any], Member], None],
    *,
    is_offline: bool,
) -> str | None:
    context = browser.new_context(base_url=site.origin, locale="en-US")
    context.set_default_timeout(RECOVERY_MS)
    page = context.new_page()
    opened(site, page, order, run(sign_in(site, member.customer)))
    waiting = expect(page.locator("[data-order]"))
    waiting.to_have_attribute("data-status", "WAITING", timeout=RECOVERY_MS)
    page.evaluate(
        """() => {
            globalThis.isMarked = true;
            addEventListener("pageshow", ({ persisted }) =>
                console.log(`${persisted} ${document.body.checkVisibility()}`));
        }"""
    )
    # A browser keeps no page of which something is still on its way.
    page.wait_for_load_state("networkidle")
    page.goto("/en/services")
    run(sign_out_everywhere(site, member))
    context.clear_cookies()
    context.set_offline(is_offline)
    seen = go_back(page)
    expect(page.locator("[data-order]")).to_have_count(0)
    context.close()
    return seen


@pytest.mark.parametrize(
    ("opened", "is_offline"),
    [(open_signed_in, False), (open_signed_in, True), (open_as_a_guest, True)],
)
def test_the_button_back_shows_nothing_of_who_has_signed_out(
    site: LiveStack,
    browser: Browser,
    member: Member,
    order: dict[str, Any],
    opened: Callable[[LiveStack, Page, dict[str, Any], Member], None],
    *,
    is_offline: bool,
) -> None:
    # Playwright has Chromium keep no page; people's do, when they are not too busy for it.
    keeping = launch(browser.browser_type, ignore_default_args=["--disable-back-forward-cache"])
    try:
        tries = (
            leave_sign_out_and_come_back(
                site, keeping, order, member, opened, is_offline=is_offline
            )
            for _ in range(COMES_BACK)
        )
        assert next(filter(None, tries), None) == "true false"
    finally:
        keeping.close()
