"""The home page in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from jiema_app.i18n.locale_list import RIGHT_TO_LEFT, language_tag
from jiema_app.i18n.translation import t
from jiema_app.settings import get_settings
from tests.e2e.connection import open_and_connect
from tests.e2e.stack import Stack

LOCALES = get_settings().locales


def test_says_what_it_is_and_how_to_order(page: Page, stack: Stack) -> None:
    page.goto("/en")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Not your number.")
    expect(page).to_have_title(re.compile(r"temporary number"))
    lines = page.locator("pre").inner_text().strip().splitlines()
    assert len(lines) == 5
    assert lines[0] == f"API={stack.origin}/api/v1 KEY=jm_your_key"
    assert all(line.startswith("curl ") for line in lines[1:])
    expect(page.get_by_text("Use them only for accounts you own.")).to_be_visible()


def test_connects_back_to_the_origin_that_served_it(page: Page, stack: Stack) -> None:
    socket = open_and_connect(page, "/en")
    assert socket.url.startswith(f"ws://localhost:{stack.port}/_event/")


def test_reads_from_right_to_left_in_arabic(page: Page) -> None:
    page.goto("/ar")

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == "ar"
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(t("ar", "Not your number."))
    assert heading.evaluate("e => getComputedStyle(e).textAlign") in {"start", "right"}
    # Commands are never mirrored.
    assert page.locator("pre").evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_changes_language_and_direction(page: Page) -> None:
    page.goto("/en")
    page.get_by_role("button", name="Languages").first.click()
    page.get_by_role("link", name="العربية").click()

    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.get_by_role("heading", level=1)).to_contain_text(t("ar", "Not your number."))


def test_reads_without_javascript(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=stack.origin)
    page = context.new_page()
    page.goto("/zh")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name=t("zh", "Browse services")).last).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "zh"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_fits_the_screen(browser: Browser, stack: Stack, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        base_url=stack.origin,
    )
    page = context.new_page()
    for locale in ("en", "ar", "zh"):
        page.goto(f"/{locale}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    background = page.locator("html").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == ("rgb(13, 18, 17)" if scheme == "dark" else "rgb(248, 247, 242)")
    context.close()


def test_has_no_dead_link(page: Page) -> None:
    page.goto("/en")
    links = page.locator("a[href]").evaluate_all("all => all.map(a => a.href)")
    assert any(link.endswith("/api/v1/openapi.json") for link in links)
    # Telegram is not ours to ask.
    for link in sorted(link for link in set(links) if "//t.me/" not in link):
        address, _, anchor = link.partition("#")
        assert page.request.get(address).status == 200, link
        assert not anchor or page.locator(f"[id='{anchor}']").count() == 1, link


def test_opens_the_api_description_itself(page: Page, complaints: list[str]) -> None:
    page.goto("/en")
    page.get_by_role("link", name="OpenAPI spec").click()
    page.wait_for_url("**/api/v1/openapi.json")
    assert '"openapi"' in page.content()
    # The description is no page of ours, so Chromium gives up the transition into it.
    complaints[:] = [line for line in complaints if "Transition" not in line]


@pytest.mark.parametrize("locale", LOCALES)
def test_names_its_language_and_its_translations(page: Page, stack: Stack, locale: str) -> None:
    html = page.request.get(f"/{locale}").text()

    direction = "rtl" if locale in RIGHT_TO_LEFT else "ltr"
    tag = re.search(r"<html[^>]*>", html)
    assert tag is not None
    assert f'lang="{language_tag(locale)}"' in tag[0]
    assert f'dir="{direction}"' in tag[0]
    assert f'<link rel="canonical" href="{stack.origin}/{locale}">' in html
    for other in LOCALES:
        alternate = f'hreflang="{language_tag(other)}" href="{stack.origin}/{other}"'
        assert alternate in html, other
    assert f'hreflang="x-default" href="{stack.origin}/en"' in html
    assert html.count("<title>") == 1
    assert 'name="description"' in html
