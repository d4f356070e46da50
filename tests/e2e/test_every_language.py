"""Every language fits its pages on a narrow phone, and says in which language and direction it is."""

import pytest
from playwright.sync_api import Page

from benchmarks.overflow import LOOK
from jiema_app.i18n.locale_list import LOCALES, language_tag, text_direction

PATHS = ("", "service/telegram", "country/us", "pricing", "help", "account/topup", "abuse")


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_too_long_for_a_narrow_phone(page: Page, locale: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    faults: dict[str, list[str]] = {}
    for path in PATHS:
        page.goto(f"/{locale}/{path}".rstrip("/"), wait_until="load")
        found = page.evaluate(LOOK)
        if found:
            faults[path] = found
    html = page.locator("html")
    assert html.get_attribute("lang") == language_tag(locale)
    assert html.get_attribute("dir") == text_direction(locale)
    assert faults == {}
