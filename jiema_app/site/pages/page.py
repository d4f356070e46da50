"""What a page is: an address, words for search engines, and a body.

Pages are data, so that they can be registered, listed and tested in loops.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE
from jiema_app.site.pages.shared_pictures import PICTURE_PLACE

TEMPLATE_TITLE: Final = "%title%"
"""Stands in a template for the title that belongs to one address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, in all its languages: what differs by language is tokens (see ``i18n``)."""

    path: str
    """Address below the locale, without slashes at its ends. Empty: the home page.
    A variable part stands in brackets, as in ``service/[slug]``."""
    title: str
    """The document's title. A template's is replaced by its live part, when it has one."""
    description: str
    """A sentence for search engines and those who share the address."""
    locales: tuple[str, ...] | None = None
    """The languages in which the page exists, as far as they are served. None: in all."""
    body: Callable[[], rx.Component]
    on_load: tuple[Any, ...] = ()
    """Event handlers that fetch what the page shows to its visitor."""
    scripts: tuple[str, ...] = ()
    """Names of scripts that this page runs besides ``shop``: a file in ``assets/js``, or a
    page's folder, whose ``page.js`` is meant."""
    has_few: bool = False
    """Of a template: whether it stands at a dozen addresses, and not at a thousand."""
    is_mini_app: bool = False
    """Whether it is the Mini App's, which stands at an address of its own, below no locale."""
    sandbox_only: bool = False
    """Whether production answers as if there were no such page."""

    @property
    def is_template(self) -> bool:
        """Whether one built page serves many addresses."""
        return "[" in self.path

    def route_in(self, locale: str) -> str:
        """Address as Reflex registers it."""
        return f"{locale}/{self.path}".strip("/")

    @property
    def react_title(self) -> Any:
        """The title as React is told it: a template keeps what the server wrote."""
        if not self.is_template:
            return self.title
        return rx.Var(f"(typeof document === 'undefined' ? '{TEMPLATE_TITLE}' : document.title)")

    @property
    def react_picture(self) -> Any:
        """The address of its picture as React is told it: what the server wrote is kept."""
        there = "document.querySelector('meta[property=\"og:image\"]')?.content"
        return rx.Var(f"(typeof document === 'undefined' ? '{PICTURE_PLACE}' : {there})")

    @property
    def built_path(self) -> str:
        """Path under which the page is built; a template's variable part is ``_``."""
        return "/".join("_" if part.startswith("[") else part for part in self.path.split("/"))

    def path_with(self, part: str) -> str:
        """The address below the locale with its variable part filled in."""
        return "/".join(part if p.startswith("[") else p for p in self.path.split("/"))

    def locales_of(self, served: Iterable[str]) -> tuple[str, ...]:
        """Those of the languages in which the page exists."""
        own = self.locales
        return tuple(served if own is None else (each for each in served if each in own))

    @property
    def address(self) -> str:
        """Its own address, for links to itself; the server completes a template's."""
        return self.href_in(LOCALE)

    def href_in(self, locale: str) -> str:
        """Address of the page in a language; the server completes a template's."""
        return f"/{locale}/{self.built_path}".rstrip("/")
