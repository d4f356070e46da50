"""What a page is: an address, words for search engines, and a body.

Pages are data, so that they can be registered, listed and tested in loops.
"""

from collections.abc import Callable
from dataclasses import dataclass

import reflex as rx

from jiema_app.locale_list import language_tag, search_engine_tags
from jiema_app.web.origin import ORIGIN_PLACEHOLDER


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language."""

    locale: str
    path: str
    """Address below the locale, without slashes at its ends. Empty: the home page."""
    title: str
    description: str
    body: Callable[[], rx.Component]

    @property
    def route(self) -> str:
        """Address as Reflex registers it."""
        return f"{self.locale}/{self.path}".strip("/")

    def url_in(self, locale: str) -> str:
        """Full address of the same page in another language."""
        return f"{ORIGIN_PLACEHOLDER}/{locale}/{self.path}".rstrip("/")


def head_links(page: Page, locales: tuple[str, ...]) -> list[rx.Component]:
    """Canonical address and the page's other languages; React moves them into <head>."""
    return [
        rx.el.link(rel="canonical", href=page.url_in(page.locale)),
        *(
            rx.el.link(rel="alternate", href_lang=tag, href=page.url_in(locale))
            for locale in locales
            for tag in search_engine_tags(locale)
        ),
        rx.el.link(rel="alternate", href_lang="x-default", href=page.url_in("en")),
    ]


def social_meta(page: Page) -> list[dict[str, str]]:
    """How the page looks when its address is shared."""
    return [
        {"property": "og:type", "content": "website"},
        {"property": "og:site_name", "content": "jiema.my"},
        {"property": "og:url", "content": page.url_in(page.locale)},
        {"property": "og:locale", "content": language_tag(page.locale)},
        {"name": "twitter:card", "content": "summary"},
    ]
