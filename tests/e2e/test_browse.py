"""The list of all services in a real browser: searched, filtered, walked through."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.judging import outside
from tests.e2e.stack import Stack


def shown(page: Page) -> Locator:
    """The rows that are to be seen."""
    return page.locator("[data-filter-items]:visible > li:visible")


def announced(page: Page) -> int:
    """How many rows the page says that it shows."""
    words = page.get_by_role("status").filter(has_text="of 1,037").inner_text()
    return int(words.split()[0].replace(",", ""))


def names(page: Page) -> list[str]:
    """The names in the rows, when all are there: those that no screen holds are drawn later."""
    expect(shown(page)).to_have_count(announced(page))
    return page.locator("[data-filter-items]:visible > li:visible b bdi").all_inner_texts()


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
    search(page).fill("tele")
    expect(shown(page).first).to_contain_text("Telegram")
    assert 0 < shown(page).count() < count
    page.get_by_label("Sort by").select_option("name")
    search(page).fill("")
    expect(shown(page)).to_have_count(count)
    found = page.locator("[data-filter-items]:visible > li:visible b").all_inner_texts()
    assert found[:3] == sorted(found[:3], key=str.lower)


def test_whoever_empties_the_search_gets_the_whole_list_and_keeps_their_place(page: Page) -> None:
    """Its first rows at once, and the rest when nobody types: a key must not wait for a thousand."""
    page.goto("/en/browse")
    count = len(names(page))
    search(page).fill("a")
    assert 0 < len(names(page)) < count
    search(page).fill("")
    assert shown(page).count() > 0
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    second = shown(page).nth(1).locator("a")
    expect(second).to_be_focused()
    assert len(names(page)) == count
    expect(shown(page).nth(1).locator("a")).to_be_focused()
    expect(page.locator("[data-filter-items]")).to_have_count(2)


def test_names_that_begin_with_the_word_come_first(page: Page) -> None:
    page.goto("/en/browse")
    search(page).fill("book")
    expect(shown(page).first).to_contain_text(re.compile("^Book"))
    found = names(page)
    assert "Facebook" in found
    begin = [name.lower().startswith("book") for name in found]
    assert begin == sorted(begin, reverse=True)


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
    page.get_by_role("link", name=re.compile("^Messaging")).click()
    search(page).fill("a")
    page.get_by_role("link", name=re.compile("^Email")).click()
    assert 0 < len(names(page)) < 18


def test_lowest_prices_stand_first_when_asked_for(page: Page) -> None:
    page.goto("/en/browse?sort=price")
    expect(shown(page).first).to_contain_text("$")
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
    page.keyboard.press("/")
    expect(search(page)).to_be_focused()
    page.keyboard.type("goo")
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
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(shown(page).nth(1).get_by_role("link")).to_be_focused()


def test_reads_whole_and_by_category_without_javascript(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=stack.origin)
    page = context.new_page()
    page.goto("/en/browse")
    expect(shown(page)).to_have_count(1037)
    expect(page.get_by_role("searchbox")).to_be_hidden()
    category(page, "Email").click()
    page.wait_for_url("**/en/browse#email")
    # Boxes, and in one go: of a row that is not shown Chromium works out styles one by one.
    rows = page.locator("[data-filter-items] > li")
    assert rows.evaluate_all("rows => rows.filter(row => row.getClientRects().length).length") == 18
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
