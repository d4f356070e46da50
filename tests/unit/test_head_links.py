"""A page names its address and its other languages to search engines."""

import reflex as rx

from jiema_app.layouts.page import Page, head_links
from jiema_app.locale_list import LOCALES, search_engine_tags
from jiema_app.web.origin import ORIGIN_PLACEHOLDER


def announced(locales: tuple[str, ...]) -> dict[str, str]:
    """Addresses of the other languages of a page, by the tags they are announced under."""
    page = Page("zh", "browse", "title", "description", rx.el.div)
    links = [link.render() for link in head_links(page, locales)]
    found = {}
    for link in links:
        properties = dict(prop.split(":", 1) for prop in link["props"])
        if "hrefLang" in properties:
            found[properties["hrefLang"].strip('"')] = properties["href"].strip('"')
    return found


def test_filipino_is_announced_under_both_its_tags() -> None:
    assert announced(("en", "tl")) == {
        "en": f"{ORIGIN_PLACEHOLDER}/en/browse",
        "fil": f"{ORIGIN_PLACEHOLDER}/tl/browse",
        "tl": f"{ORIGIN_PLACEHOLDER}/tl/browse",
        "x-default": f"{ORIGIN_PLACEHOLDER}/en/browse",
    }


def test_every_language_is_announced() -> None:
    assert list(announced(LOCALES)) == [
        *(tag for locale in LOCALES for tag in search_engine_tags(locale)),
        "x-default",
    ]
