"""Searching from anywhere, in a real browser."""

import contextlib
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.judging import outside


def palette(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Search")


def test_a_key_opens_the_search_and_enter_the_best_hit(page: Page) -> None:
    page.goto("/en/api-docs")
    page.keyboard.press("/")
    field = palette(page).get_by_role("combobox")
    expect(field).to_be_focused()
    options = palette(page).get_by_role("option")
    expect(options.first).to_contain_text("Telegram")  # the most popular, while nothing is typed
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    page.keyboard.type("watsapp")
    expect(options.first).to_contain_text("WhatsApp")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    second = options.nth(1).get_attribute("id") or ""
    expect(field).to_have_attribute("aria-activedescendant", second)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/service/whatsapp")


@pytest.mark.parametrize("width", [390, 1440])
def test_the_button_opens_it_and_escape_closes_it(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/ar/countries")
    button = page.locator("[data-search]")
    button.click()
    dialog = page.locator("dialog#search")
    expect(dialog.get_by_role("option").first).to_be_visible()
    assert outside(page) == []
    page.keyboard.type("+62")
    expect(dialog.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(dialog.get_by_role("combobox")).to_have_value("")
    page.keyboard.press("Control+k")
    expect(dialog).to_be_hidden()


def test_nothing_found_is_told_with_a_way_on(page: Page) -> None:
    page.goto("/en/countries")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzzzzz")  # while it is loaded
    expect(palette(page).get_by_role("combobox")).to_have_value("zzzzzz")
    expect(palette(page).locator("p").filter(has_text="Nothing found").first).to_be_visible()
    expect(palette(page).get_by_role("option")).to_have_count(0)
    palette(page).get_by_role("link", name="Browse services").click()
    page.wait_for_url("**/en/browse")


def test_without_a_connection_it_says_so(page: Page, complaints: list[str]) -> None:
    page.route("**/search/en.json", lambda route: route.abort())
    page.goto("/en/countries")
    page.keyboard.press("/")
    expect(palette(page).get_by_text("Couldn't connect.")).to_be_visible()
    complaints.clear()  # the browser tells of the request


@contextlib.contextmanager
def on_its_way(page: Page, address: str) -> Iterator[None]:
    """What is asked for there meanwhile comes afterwards. Begins before the page is opened."""

    def hold(_route: Route) -> None:
        """Until nobody routes it any more."""

    page.route(re.compile(address), hold)
    with page.expect_request(re.compile(address)):
        yield
    page.unroute(re.compile(address))


@pytest.mark.parametrize("part", [r"/js/list\.[^/]*js$", r"/search/en\.json$"])
def test_who_types_faster_than_the_list_is_loaded_is_answered(page: Page, part: str) -> None:
    with on_its_way(page, part):
        page.goto("/en/browse")
        page.get_by_role("searchbox").focus()
        page.keyboard.type("watsapp")
        page.keyboard.press("Enter")
    page.wait_for_url("**/en/service/whatsapp")


def test_who_types_faster_than_the_search_is_loaded_is_answered(page: Page) -> None:
    with on_its_way(page, r"/search/en\.json$"):
        page.goto("/en/countries")
        page.keyboard.press("/")
        expect(palette(page).get_by_role("combobox")).to_be_focused()
        page.keyboard.type("watsapp")
        page.keyboard.press("Enter")
    page.wait_for_url("**/en/service/whatsapp")


def test_a_slash_in_a_field_is_a_slash(page: Page) -> None:
    page.goto("/en/browse")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("a/b")
    expect(page.get_by_role("searchbox")).to_have_value("a/b")
    expect(page.locator("dialog#search")).to_have_count(0)


def test_the_home_page_suggests_while_one_types(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/en")
    tile = page.locator("main a[href='/en/service/telegram']").first.bounding_box()
    assert tile is not None
    assert tile["y"] + tile["height"] <= 844
    page.locator("#q").focus()
    page.keyboard.type("deutschl")
    option = page.locator("#suggestions").get_by_role("option")
    expect(option).to_have_count(1)
    expect(option).to_contain_text("Germany")
    page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    page.keyboard.type("and")
    expect(option).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/country/de")
