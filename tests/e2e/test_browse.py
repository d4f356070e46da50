"""The list of all services in a real browser: searched, filtered, walked through."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.judging import outside
from tests.e2e.stack import Stack

SERVICES = 1037
ELEMENTS_MAX = 1800
"""Of a page when it is loaded: more keep a phone's processor busy before anything can be touched."""


def shown(page: Page) -> Locator:
    """The rows that are to be seen."""
    return page.locator("[data-filter-items]:visible > li:visible")


def announced(page: Page) -> int:
    """How many rows the page says that it shows."""
    words = page.locator("[data-filter-count]").inner_text()
    return int(words.split()[0].replace(",", ""))


def names(page: Page) -> list[str]:
    """The names of what was found, when all are there: those that no screen holds are drawn later."""
    page.wait_for_function(
        """() => {
          const results = document.querySelector("[data-filter-results]");
          const said = document.querySelector("[data-filter-count]").textContent.split(" ")[0];
          return !results.hidden && results.children.length === Number(said.replaceAll(",", ""));
        }"""
    )
    return page.locator("[data-filter-results] > li b bdi").all_inner_texts()


def search(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search services")


def category(page: Page, name: str) -> Locator:
    """The link to a category. Asked for by its mark: asking for a link by its name has the
    browser work out the names of a thousand others, which takes seconds."""
    return page.locator("a[data-filter-category]").filter(has_text=re.compile(f"^{name}"))


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("tele", "Telegram"),
        ("TELEGRAM", "Telegram"),
        ("телеграм", "Telegram"),
        ("电报", "Telegram"),
        ("gmail", "Google / Gmail / YouTube"),
        ("tg", "Telegram"),
    ],
)
def test_finds_a_service_by_its_names(page: Page, words: str, first: str) -> None:
    page.goto("/en/browse")
    search(page).fill(words)
    expect(shown(page).first).to_contain_text(first)
    assert 0 < len(names(page)) < 1037


def test_what_a_country_s_numbers_can_be_used_with_is_searched_as_well(page: Page) -> None:
    page.goto("/en/country/my")
    count = shown(page).count()
    total = announced(page)
    assert count < total
    search(page).fill("telegarm")
    assert names(page)[0] == "Telegram"
    assert announced(page) < count
    page.get_by_label("Sort by").select_option("name")
    search(page).fill("")
    page.locator("[data-filter-all]").click()
    found = names(page)
    assert len(found) == total
    assert found[:3] == sorted(found[:3], key=str.lower)
    page.get_by_label("Sort by").select_option("popular")
    expect(shown(page)).to_have_count(count)


def test_a_section_shows_all_of_itself_when_it_is_asked_to(page: Page) -> None:
    page.goto("/en/browse")
    section = page.locator("[data-section=messaging]")
    expect(section.locator("li")).to_have_count(6)
    section.get_by_role("button", name="Show all 35").click()
    expect(section.locator("li")).to_have_count(35)
    expect(section.locator("li").nth(6).get_by_role("link")).to_be_focused()
    expect(section.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("locale", ["en", "hi", "fa"])
@pytest.mark.parametrize("path", ["browse", "country/my", "service/telegram", "countries"])
def test_a_long_list_is_light_and_whole_for_robots(page: Page, locale: str, path: str) -> None:
    html = page.request.get(f"/{locale}/{path}").text()
    # What a browser that runs scripts takes for text.
    light = re.sub(r"<(noscript|script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    assert len(re.findall(r"<[a-zA-Z]", light)) <= ELEMENTS_MAX
    row = "<li data-key="
    assert html.count(row) > light.count(row) > 20


def test_whoever_empties_the_search_gets_the_list_back(page: Page) -> None:
    page.goto("/en/browse")
    count = shown(page).count()
    search(page).fill("a")
    assert 0 < len(names(page)) < SERVICES
    search(page).fill("")
    expect(shown(page)).to_have_count(count)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(shown(page).nth(1).locator("a")).to_be_focused()


def test_a_chosen_order_is_remembered_and_stands_in_the_address(page: Page) -> None:
    page.goto("/en/service/telegram")
    values = [
        float(row) for row in shown(page).evaluate_all("all => all.map(r => r.dataset.value)")
    ]
    assert values == sorted(values)
    page.get_by_role("button", name="What is best value?").focus()
    expect(page.get_by_role("tooltip")).to_be_visible()
    page.get_by_label("Sort by").select_option("price")
    page.wait_for_url("**/service/telegram?sort=price")
    page.goto("/en/service/whatsapp")
    expect(page.get_by_label("Sort by")).to_have_value("price")
    page.get_by_label("Sort by").select_option("value")
    page.goto("/en/service/telegram")
    expect(page.get_by_label("Sort by")).to_have_value("value")


def test_names_that_begin_with_the_word_come_first(page: Page) -> None:
    page.goto("/en/browse")
    search(page).fill("book")
    expect(page.locator("[data-filter-results] > li").first).to_contain_text(re.compile("^Book"))
    expect(shown(page).filter(has_text="Facebook")).to_have_count(1)


def test_what_is_shown_stands_in_the_address_and_comes_back(page: Page) -> None:
    page.goto("/en/browse")
    category(page, "Messaging").click()
    search(page).fill("a")
    page.get_by_label("Sort by").select_option("name")
    page.get_by_label("In stock").check()
    page.wait_for_url("**/en/browse?q=a&category=messaging&sort=name&stock=1")
    before = names(page)
    assert before == sorted(before, key=str.lower)
    page.reload()
    expect(search(page)).to_have_value("a")
    expect(page.get_by_label("In stock")).to_be_checked()
    expect(category(page, "Messaging")).to_have_attribute("aria-current", "true")
    assert names(page) == before
    shown(page).first.get_by_role("link").click()
    page.wait_for_url("**/en/service/*")
    page.go_back()
    expect(search(page)).to_have_value("a")
    assert names(page) == before


def test_another_category_can_be_chosen_while_words_stand(page: Page) -> None:
    page.goto("/en/browse")
    category(page, "Messaging").click()
    search(page).fill("a")
    category(page, "Email").click()
    assert 0 < len(names(page)) < 18


def test_lowest_prices_stand_first_when_asked_for(page: Page) -> None:
    page.goto("/en/browse?sort=price")
    expect(shown(page).first).to_contain_text("$")
    rows = page.locator("[data-filter-results] > li")
    expect(rows).to_have_count(48)  # the end of the page stays in reach
    page.get_by_role("button", name="Show all 1,037").click()
    expect(rows.nth(48).get_by_role("link")).to_be_focused()
    expect(rows).to_have_count(SERVICES)
    prices = [
        float(match[1])
        for text in shown(page).all_inner_texts()[:50]
        if (match := re.search(r"\$(\d+\.\d\d)", text))
    ]
    assert len(prices) == 50
    assert prices == sorted(prices)


def test_when_nothing_fits_everything_is_one_click_away(page: Page) -> None:
    page.goto("/en/browse?q=zzzzzz")
    expect(page.get_by_text("No matches")).to_be_visible()
    expect(page.get_by_text("0 of 1,037")).to_be_visible()
    page.get_by_role("button", name="Clear search and filters").click()
    expect(shown(page).first).to_contain_text("Telegram")
    expect(search(page)).to_be_focused()
    page.wait_for_url("**/en/browse")


def test_the_keyboard_alone_finds_and_opens_a_service(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/en/browse")
    search(page).focus()
    page.wait_for_load_state("networkidle")
    page.keyboard.type("goog")
    expect(page.get_by_text("3 of 1,037")).to_be_visible()
    page.keyboard.press("Escape")
    expect(search(page)).to_have_value("")
    page.keyboard.press("ArrowDown")
    expect(shown(page).nth(0).get_by_role("link")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(shown(page).nth(1).get_by_role("link")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(shown(page).nth(4).get_by_role("link")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(search(page)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/service/telegram")


def test_arrows_follow_the_direction_of_the_page(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/ar/browse")
    page.get_by_role("searchbox").focus()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(shown(page).nth(1).get_by_role("link")).to_be_focused()


def test_reads_whole_and_by_category_without_javascript(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=stack.origin)
    page = context.new_page()
    page.goto("/en/browse")
    expect(shown(page)).to_have_count(SERVICES)
    category(page, "Email").click()
    page.wait_for_url("**/en/browse#email")
    # Boxes, and in one go: of a row that is not shown Chromium works out styles one by one.
    rows = page.locator("[data-filter-items] > li")
    assert rows.evaluate_all("rows => rows.filter(row => row.getClientRects().length).length") == 18
    page.get_by_role("searchbox").fill("watsapp")
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url(re.compile(r"/en/browse\?q=watsapp"))
    expect(page.get_by_role("heading", name="Results: 2")).to_be_visible()
    page.get_by_role("link", name="WhatsApp").first.click()
    page.wait_for_url("**/en/service/whatsapp")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(
    "path", ["browse", "service/openai", "service/telegram?country=my", "countries", "country/my"]
)
def test_every_page_fits_the_screen(
    browser: Browser, stack: Stack, path: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        base_url=stack.origin,
    )
    page = context.new_page()
    for locale in ("en", "ar", "zh"):
        page.goto(f"/{locale}/{path}")
        assert outside(page) == [], locale
    context.close()
