"""What a fragment module makes: the parts of one page that only the server knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jiema_app.domain.catalog.snapshot import Catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePart:
    """The live part of a page at one address, in one language.

    Attributes:
        slots: Finished HTML by the name of its slot (see ``components/slot.py``).
        title: The document's title; None keeps the page's own.
        description: The sentence for search engines; None keeps the page's own.
        json_ld: Structured data for search engines (schema.org).
        feed: Address of a feed of what the page lists, if there is one.
        is_article: Whether those who share the address are told that it is an article.
    """

    slots: Mapping[str, str]
    title: str | None = None
    description: str | None = None
    json_ld: tuple[Mapping[str, Any], ...] = field(default=())
    feed: str | None = None
    is_article: bool = False


class MovedTo(Exception):
    """The variable part is another spelling of ``part``."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


PartFinder = Callable[[Catalog, str], str | None]
"""The right spelling of an address's variable part; None when there is no such page.

It is asked before anything is made, on the event loop: strangers make addresses up.
"""

LiveMaker = Callable[[Catalog, str, str], LivePart]
"""Makes the live part from the catalogue, the locale, and the address's variable part.

It raises ``BadService`` or ``BadCountry`` when there is no such page, and ``MovedTo`` when
the page stands elsewhere.
"""
