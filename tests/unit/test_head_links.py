"""A page names its address and its other languages to search engines."""

import re

from jiema_app.i18n.locale_list import LOCALES, search_engine_tags
from jiema_app.serving.page_heads import Head, head_html


def announced(locales: tuple[str, ...]) -> dict[str, str]:
    """Addresses of the languages of a page, by the tags they are announced under."""
    head = Head(
        origin="https://shop.example",
        locale="zh",
        path="browse",
        title="title",
        description="description",
        locales=locales,
    )
    return dict(re.findall(r'hreflang="([^"]+)" href="([^"]+)"', head_html(head)))


def test_filipino_is_announced_under_both_its_tags() -> None:
    assert announced(("en", "tl")) == {
        "en": "https://shop.example/en/browse",
        "fil": "https://shop.example/tl/browse",
        "tl": "https://shop.example/tl/browse",
        "x-default": "https://shop.example/en/browse",
    }


def test_every_language_is_announced() -> None:
    assert list(announced(LOCALES)) == [
        *(tag for locale in LOCALES for tag in search_engine_tags(locale)),
        "x-default",
    ]
