"""The Mini App in a frame of another site, as Telegram Web shows it."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Request, expect

from tests.e2e.judging import OUTSIDE, TOUCHED
from tests.e2e.stack import Stack
from tests.e2e.telegram_window import DARK, LIGHT, Window, fragment, open_window
from tests.support.telegram import launch

PEOPLE = itertools.count(800_000_001)
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def phone(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=stack.origin, locale="en-US", **PHONE)
    yield context
    context.close()


@pytest.fixture
def person() -> int:
    return next(PEOPLE)


def buy(window: Window) -> str:
    """A number for Telegram of the first country; the id of its order."""
    window.app.locator("a[href$='/service/telegram']").click()
    window.app.locator("[data-choice] label").first.click()
    window.press_main("Get number · $")
    window.app.wait_for_url("**/tg/order/*")
    order = window.app.locator("[data-order]")
    expect(order).to_be_visible()
    return order.get_attribute("data-order") or ""


def test_somebody_is_in_without_a_word_and_buys_and_sees_the_code(
    phone: BrowserContext, stack: Stack, person: int
) -> None:
    window = open_window(phone, stack, person)
    window.until_in()
    expect(window.app.get_by_text("$20.00")).to_be_visible()
    buy(window)
    shown = window.app.locator("[data-shown-code]")
    expect(shown).to_have_text(re.compile(r"\d[\d ]+\d"))
    # A tap copies, and is felt.
    window.told("web_app_trigger_haptic_feedback")
    shown.click()
    expect(window.app.locator("[data-copied]").first).to_be_visible()
    assert {"type": "notification", "notification_type": "success"} in window.told(
        "web_app_trigger_haptic_feedback"
    )
    assert {"web_app_ready", "web_app_expand"} <= {
        one["eventType"] for one in window.page.evaluate("told")
    }


def test_with_a_recent_route_a_number_takes_two_taps(
    phone: BrowserContext, stack: Stack, person: int
) -> None:
    window = open_window(phone, stack, person)
    window.until_in()
    first = buy(window)
    window.page.close()
    window = open_window(phone, stack, person)
    window.until_in()
    window.app.locator("[data-choice] label").first.click()
    window.press_main("Get number · $")
    window.app.wait_for_url("**/tg/order/*")
    expect(window.app.locator("[data-order]")).not_to_have_attribute("data-order", first)


def test_the_launch_is_out_of_every_address_and_the_bearer_in_none(
    phone: BrowserContext, stack: Stack, person: int
) -> None:
    asked: list[Request] = []
    frames: list[str] = []
    phone.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - it marks what it is given
    page = phone.new_page()
    page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda payload: frames.append(str(payload))),
    )
    window = open_window(phone, stack, person, page=page)
    window.until_in()
    expect(window.app.get_by_text("$20.00")).to_be_visible()
    assert window.app.url == f"{stack.origin}/tg?lang=en"
    bearer = next(
        request.response().json()["data"]["token"]  # type: ignore[union-attr]
        for request in asked
        if request.url.endswith("/miniapp")
    )
    for request in asked:
        assert "tgWebApp" not in request.headers.get("referer", "")
        assert bearer not in request.url
    ours = [one for one in frames if "/tg" in one]
    assert any(bearer in one for one in ours)
    assert not any("tgWebApp" in one or "hash=" in one for one in ours)
    kept = (
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"
    )
    assert bearer not in window.app.evaluate(kept)


def test_back_goes_from_view_to_view_and_is_gone_at_the_first(
    phone: BrowserContext, stack: Stack, person: int
) -> None:
    window = open_window(phone, stack, person)
    window.until_in()
    back, stage = window.page.locator("#back"), window.app.locator("[data-stage]")
    expect(back).to_be_hidden()
    window.app.get_by_role("link", name="Orders").click()
    expect(stage).to_have_attribute("data-view", "orders")
    window.app.get_by_role("link", name="More").click()
    expect(stage).to_have_attribute("data-view", "more")
    back.click()
    expect(stage).to_have_attribute("data-view", "orders")
    back.click()
    expect(stage).to_have_attribute("data-view", "home")
    expect(back).to_be_hidden()


def test_a_lost_connection_is_followed_by_another_that_knows_whose_it_is(
    phone: BrowserContext, stack: Stack, person: int
) -> None:
    window = open_window(phone, stack, person)
    window.until_in()
    expect(window.app.get_by_text("$20.00")).to_be_visible()
    phone.set_offline(True)
    window.page.wait_for_timeout(1_000)
    phone.set_offline(False)
    window.app.get_by_role("link", name="Orders").click()
    expect(window.app.locator("[data-stage]")).to_have_attribute("data-view", "orders")
    window.until_in()
    expect(window.app.get_by_text("$20.00")).to_be_visible()


def test_topping_up_shows_address_and_amount_and_no_code_to_scan(
    phone: BrowserContext, stack: Stack, person: int
) -> None:
    window = open_window(phone, stack, person, path="/tg/topup")
    window.until_in()
    expect(window.app.locator("[data-whose]")).to_have_text("Ada & Söhne")
    window.press_main("Continue")
    window.app.wait_for_url("**/tg/topup/*")
    expect(window.app.locator("[data-address]")).to_be_visible()
    expect(window.app.get_by_role("button", name="Copy amount")).to_be_visible()
    expect(window.app.locator("figure svg[role=img]")).to_be_hidden()


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("zh-hans", "ltr"), ("ar", "rtl")]
)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_view_can_be_used_by_everybody(
    phone: BrowserContext,
    stack: Stack,
    person: int,
    language: str,
    direction: str,
    theme: dict[str, str],
) -> None:
    window = open_window(phone, stack, person, language=language, theme=theme)
    window.until_in()
    # A newcomer's account has the language of their Telegram, and so has the window then.
    window.app.wait_for_function(f"document.documentElement.dir === '{direction}'")
    window.until_in()
    scheme = window.app.evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert scheme == ("dark" if theme is DARK else "light")
    complaints = {}
    for view in ("", "/service/telegram", "/orders", "/topup", "/invite", "/more"):
        window.app.evaluate(
            "(path) => { history.pushState({}, '', path + location.search); dispatchEvent(new PopStateEvent('popstate')) }",
            f"/tg{view}",
        )
        named = view.split("/")[1] if view else "home"
        expect(window.app.locator("[data-stage]")).to_have_attribute("data-view", named)
        expect(window.app.locator("main [aria-busy=true]")).to_have_count(0)
        found = [*violations(window), *window.app.evaluate(OUTSIDE)]
        found += window.app.evaluate(TOUCHED, 44)
        if found:
            complaints[named] = found
    assert complaints == {}


def violations(window: Window) -> list[str]:
    """What axe complains about in the app."""
    from axe_playwright_python.base import AXE_FILE_PATH  # noqa: PLC0415 - its script alone

    window.app.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found = window.app.evaluate("axe.run(document).then(({ violations }) => violations)")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def test_the_keyboard_alone_buys(phone: BrowserContext, stack: Stack, person: int) -> None:
    # A client without a main button of its own, or one that is not reached by keys.
    window = open_window(phone, stack, person, path="/tg/service/telegram")
    window.until_in()
    window.app.locator("#mini-country").focus()
    window.page.keyboard.press("Tab")
    window.page.keyboard.press("Space")
    expect(window.app.locator("[data-choice] input:checked")).to_have_count(1)
    expect(window.page.locator("#main")).to_be_visible()


def test_a_search_finds_a_service_and_opens_its_view(
    phone: BrowserContext, stack: Stack, person: int
) -> None:
    window = open_window(phone, stack, person)
    window.until_in()
    window.app.locator("#mini-q").fill("whatsap")
    window.app.get_by_role("option").first.click()
    window.app.wait_for_url("**/tg/service/whatsapp*")
    expect(window.app.get_by_role("heading", name="WhatsApp")).to_be_visible()


# ---- Where it cannot be one ----


@pytest.mark.parametrize("path", ["/tg", "/tg/orders"])
def test_without_telegram_it_says_so_and_offers_the_web(phone: BrowserContext, path: str) -> None:
    page = phone.new_page()
    page.goto(path)
    expect(page.get_by_role("heading", name="Open this in Telegram")).to_be_visible()
    expect(page.get_by_role("link", name="Shop on the web")).to_be_visible()
    expect(page.locator("#content")).to_be_hidden()


def test_a_launch_in_somebody_s_link_leads_into_nobody_s_account(
    phone: BrowserContext, stack: Stack, person: int
) -> None:
    page = phone.new_page()
    page.goto(f"{stack.origin}/tg/topup{fragment(launch(person), LIGHT)}")
    expect(page.get_by_role("heading", name="Open this in Telegram")).to_be_visible()
    expect(page.locator("#content")).to_be_hidden()


def test_where_telegram_s_script_is_blocked_it_says_so(
    phone: BrowserContext, stack: Stack, person: int
) -> None:
    phone.route("**/js/telegram-web-app.js", lambda route: route.abort())
    page = phone.new_page()
    page.goto(f"{stack.origin}/tg{fragment(launch(person), LIGHT)}")
    expect(page.get_by_role("heading", name="Telegram can't be reached")).to_be_visible()
    assert "tgWebApp" not in page.url


@pytest.mark.parametrize(
    "init_data",
    [launch(7, age_s=90_000), launch(7, token="1:AAE-another-bots-token-of-nobody-at-all")],
    ids=["stale", "of another bot"],
)
def test_a_launch_that_is_over_is_to_be_opened_again(
    phone: BrowserContext, stack: Stack, init_data: str
) -> None:
    window = open_window(phone, stack, 7, init_data=init_data)
    heading = window.app.get_by_role("heading", name="Open the shop again from the bot")
    expect(heading).to_be_visible()


def test_no_other_page_stands_in_a_frame(phone: BrowserContext, stack: Stack) -> None:
    page = phone.new_page()
    page.goto(f"http://127.0.0.1:{stack.sandbox_port}/")
    page.evaluate(
        "(src) => { document.body.innerHTML = '<iframe id=app></iframe>'; app.src = src }",
        f"{stack.origin}/en",
    )
    page.wait_for_timeout(1_000)
    element = page.query_selector("#app")
    assert element is not None
    frame = element.content_frame()
    assert frame is None or frame.url.startswith("chrome-error")
