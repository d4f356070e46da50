"""What a visitor sees of a page whose script fails."""

import re

import pytest
from playwright.sync_api import BrowserContext, Route, expect

BROKEN = "const broken=()=>{throw new Error('made up')};export{broken as default};"


@pytest.mark.parametrize(
    ("locale", "words", "again"),
    [
        ("en", "Something went wrong on our side", "Try again"),
        ("zh", "我们这边出了点问题", "重试"),
    ],
)
def test_a_page_that_fails_says_so_and_can_be_loaded_again(
    context: BrowserContext, locale: str, words: str, again: str
) -> None:
    def break_it(route: Route) -> None:
        script = route.fetch()
        text, count = re.subn(r"export\s*\{\s*\w+ as default\s*\};?", BROKEN, script.text())
        assert count == 1
        route.fulfill(response=script, body=text)

    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.route("**/assets/*login*.js", break_it)
    page.goto(f"/{locale}/login")
    expect(page.get_by_role("alert").get_by_role("heading")).to_have_text(words)

    page.unroute("**/assets/*login*.js")
    page.get_by_role("link", name=again).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(words)
    expect(page.get_by_role("alert")).to_have_count(0)
