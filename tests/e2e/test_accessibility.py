"""What axe finds wrong: on every page, in both directions and both lights."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from jiema_app.site.registry import all_pages, served_pages
from tests.e2e.judging import moved, outside, too_small_to_touch, violations
from tests.e2e.stack import Stack

EXAMPLES: Final = {
    "service/[slug]": "service/telegram",
    "country/[slug]": "country/my",
    "account/topup/[recharge_id]": "account/topup/none",
    "abuse/[ticket]": "abuse/unknown",
    "blog/[article]": "blog/testing-sign-up-by-api",
    "blog/tag/[tag]": "blog/tag/guides",
    "[text]": "refunds",
}
"""One address for each page that has many."""

ORDER: Final = "order/[order_id]"
NO_ORDER: Final = "order/c000000000000000000000000"

TOGETHER: Final = "orders/together/[orders]"


def own_addresses(order: str) -> dict[str, str]:
    """Where the member's order is shown: alone, and as one of several."""
    return {ORDER: order, TOGETHER: order.replace("order/", "orders/together/")}


OWN: Final = (
    "orders", "account", "account/statement", "account/api-keys", "account/sessions",
    "account/topup", "account/topup/none", "invite",
)  # fmt: skip
"""Pages that are skeletons until the server has said who is there; the one of an order too."""

SKELETON: Final = "main div[aria-busy=true]"
"""Stands in place of a member's things until they are there."""


@pytest.fixture(scope="module")
def member(browser: Browser, stack: Stack) -> Iterator[tuple[Any, str]]:
    """Somebody who has signed in and bought: their cookies, and the path of their order."""
    context = browser.new_context(base_url=stack.origin)
    page = context.new_page()
    page.goto("/api/auth/google?next=/en/service/telegram%3Fcountry%3Dmy")
    page.get_by_role("button", name="Somebody new").click()
    page.wait_for_url("**/service/telegram*")
    page.locator("[data-key=my]").get_by_role("button").click()
    page.wait_for_url("**/order/*")
    expect(page.locator("[data-order]")).to_have_attribute(
        "data-status", "RECEIVED", timeout=180_000
    )
    yield context.storage_state(), page.url.removeprefix(f"{stack.origin}/en/")
    context.close()


VIEWS: Final = (
    ("en", "light", 390, 0),
    ("ar", "dark", 1440, 0),
    ("en", "dark", 1440, 1),
    ("ar", "light", 390, 1),
)
"""Language, light, width, and which half of the pages is looked at: every page in two views, which
between them have both directions, both lights and both widths."""


@pytest.fixture(params=VIEWS, ids=lambda made: "-".join(map(str, made[:3])))
def view(
    request: pytest.FixtureRequest, browser: Browser, stack: Stack, member: tuple[Any, str]
) -> Iterator[tuple[str, int, BrowserContext]]:
    """A browser of the member, in one language, light and width, and its half of the pages."""
    locale, scheme, width, which = request.param
    context = browser.new_context(
        base_url=stack.origin,
        storage_state=member[0],
        color_scheme=scheme,
        viewport={"width": width, "height": 844},
        reduced_motion="reduce",
    )
    yield locale, which, context
    context.close()


def test_every_page_can_be_used_by_everybody(
    view: tuple[str, int, BrowserContext], member: tuple[Any, str]
) -> None:
    locale, which, context = view
    page = context.new_page()
    addresses = EXAMPLES | own_addresses(member[1])
    # Halved before the language is asked for: else a page could be in the same half twice.
    pages = [*served_pages(all_pages(), "sandbox"), None][which::2]
    paths = [
        NO_ORDER if made is None else addresses.get(made.path, made.path)
        for made in pages
        if made is None or made.locales_of((locale,))
    ]
    assert not any("[" in path for path in paths)
    complaints: dict[str, list[str]] = {}
    for path in paths:
        page.goto(f"/{locale}/{path}".rstrip("/"))
        # What a page shows of its visitor has come, too.
        expect(page.locator("#balance")).to_contain_text(".")
        expect(page.locator(SKELETON)).to_have_count(0)
        if path == member[1]:
            expect(page.locator("[data-order]")).to_have_attribute("data-status", "RECEIVED")
        found = violations(page) + outside(page)
        if found:
            complaints[path] = found
    assert complaints == {}


@pytest.mark.parametrize("locale", ["en", "zh", "ar"])
def test_a_finger_finds_every_control(
    browser: Browser, stack: Stack, member: tuple[Any, str], locale: str
) -> None:
    context = browser.new_context(
        base_url=stack.origin,
        storage_state=member[0],
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    addresses = EXAMPLES | own_addresses(member[1])
    complaints: dict[str, list[str]] = {}
    for made in served_pages(all_pages(), "sandbox"):
        if not made.locales_of((locale,)):
            continue
        path = addresses.get(made.path, made.path)
        page.goto(f"/{locale}/{path}".rstrip("/"))
        expect(page.locator("#balance")).to_contain_text(".")
        expect(page.locator(SKELETON)).to_have_count(0)
        if found := too_small_to_touch(page):
            complaints[path] = found
    context.close()
    assert complaints == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_of_one_s_own_moves_while_it_loads(
    browser: Browser, stack: Stack, member: tuple[Any, str], width: int
) -> None:
    context = browser.new_context(
        base_url=stack.origin,
        storage_state=member[0],
        viewport={"width": width, "height": 844},
    )
    page = context.new_page()
    distances = {}
    for path in (*OWN, member[1]):
        page.goto(f"/en/{path}")
        expect(page.locator("#balance")).to_contain_text(".")
        expect(page.locator(SKELETON)).to_have_count(0)
        distances[path] = moved(page)
    context.close()
    assert {path: far for path, far in distances.items() if far > 0.02} == {}


def test_the_tab_of_the_present_page_is_in_sight(
    browser: Browser, stack: Stack, member: tuple[Any, str]
) -> None:
    context = browser.new_context(
        base_url=stack.origin, storage_state=member[0], viewport={"width": 320, "height": 700}
    )
    page = context.new_page()
    for locale in ("en", "ar"):
        for path in ("account", "account/sessions"):
            page.goto(f"/{locale}/{path}")
            here = page.locator("[data-tabs] [aria-current]")
            expect(here).to_be_in_viewport(ratio=1)
    context.close()


def test_every_page_can_be_used_while_it_loads(
    view: tuple[str, int, BrowserContext], member: tuple[Any, str]
) -> None:
    locale, which, context = view
    page = context.new_page()
    # The connection opens, and nobody ever answers.
    page.route_web_socket("**/_event/**", lambda _: None)
    complaints: dict[str, list[str]] = {}
    for path in (*OWN, member[1])[which::2]:
        page.goto(f"/{locale}/{path}")
        expect(page.locator(SKELETON).first).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        found = violations(page)
        if found:
            complaints[path] = found
    assert complaints == {}


def test_a_guest_s_pages_and_the_error_page_can_be_used_by_everybody(
    browser: Browser, stack: Stack
) -> None:
    context = browser.new_context(base_url=stack.origin, reduced_motion="reduce")
    page = context.new_page()
    for path in (
        *("/en", "/ar/login", "/en/orders", "/ar/account", f"/en/{NO_ORDER}"),
        *("/en/nope", "/offline/ar"),
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        expect(page.locator(SKELETON)).to_have_count(0)
        assert violations(page) == [], path
    context.close()


def test_menus_and_dialogs_can_be_used_by_everybody(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(
        base_url=stack.origin, viewport={"width": 390, "height": 844}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/en/browse")
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("#menu")).to_be_visible()
    assert violations(page) == []
    page.locator("#menu").get_by_role("button", name="Languages").click()
    expect(page.locator("#languages")).to_be_visible()
    assert violations(page) == []
    context.close()
