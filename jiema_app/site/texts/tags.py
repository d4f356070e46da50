"""What articles are tagged with, and how a tag is called."""

from collections.abc import Callable, Mapping
from typing import Final

from jiema_app.i18n.long_texts import articles
from jiema_app.i18n.translation import tc

NAMES: Final[Mapping[str, Callable[[str], str]]] = {
    "guides": lambda locale: tc(locale, "articles", "Guides"),
    "api": lambda locale: tc(locale, "articles", "API"),
    "payments": lambda locale: tc(locale, "articles", "Payments"),
    "safety": lambda locale: tc(locale, "articles", "Safety"),
    "countries": lambda locale: tc(locale, "articles", "Countries"),
}
"""Every tag, by its slug."""


def tags_in_use() -> tuple[str, ...]:
    """Tags that articles have, in the order of ``NAMES``."""
    used = {tag for article in articles("en") for tag in article.tags}
    return tuple(tag for tag in NAMES if tag in used)


def tag_name(tag: str, locale: str) -> str:
    """How a tag is called."""
    return NAMES[tag](locale)
