"""What a page is: an address, words for search engines, and a body.

Pages are data, so that they can be registered, listed and tested in loops.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

TEMPLATE_TITLE: Final = "%title%"
"""Stands in a template for the title that belongs to one address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page in one language."""

    locale: str
    path: str
    """Address below the locale, without slashes at its ends. Empty: the home page.
    A variable part stands in brackets, as in ``service/[slug]``."""
    title: str
    """The document's title. A template's is replaced by its live part, when it has one."""
    description: str
    """A sentence for search engines and those who share the address."""
    body: Callable[[], rx.Component]
    on_load: tuple[Any, ...] = ()
    """Event handlers that fetch what the page shows to its visitor."""
    scripts: tuple[str, ...] = ()
    """Names of files in ``assets/js`` that this page runs besides ``shop.js``."""
    sandbox_only: bool = False
    """Whether production answers as if there were no such page."""

    @property
    def is_template(self) -> bool:
        """Whether one built page serves many addresses."""
        return "[" in self.path

    @property
    def route(self) -> str:
        """Address as Reflex registers it."""
        return f"{self.locale}/{self.path}".strip("/")

    @property
    def react_title(self) -> Any:
        """The title as React is told it: a template keeps what the server wrote."""
        if not self.is_template:
            return self.title
        return rx.Var(f"(typeof document === 'undefined' ? '{TEMPLATE_TITLE}' : document.title)")

    @property
    def built_path(self) -> str:
        """Path under which the page is built; a template's variable part is ``_``."""
        return "/".join("_" if part.startswith("[") else part for part in self.path.split("/"))

    def path_with(self, part: str) -> str:
        """The address below the locale with its variable part filled in."""
        return "/".join(part if p.startswith("[") else p for p in self.path.split("/"))

    def href_in(self, locale: str) -> str:
        """Address of the same page in another language; the server completes a template's."""
        return f"/{locale}/{self.built_path}".rstrip("/")
