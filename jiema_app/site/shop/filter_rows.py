"""What rows of a list say of themselves to the script that narrows it: see filters.jinja."""

from markupsafe import Markup

from jiema_app.domain.units import Cents
from jiema_app.site.pages.rendering import row_template

TEMPLATE = "shop/filters.jinja"
NO_WORDS = "en"
"""Attributes are the same in every language."""


def price_attribute(cents: Cents | None) -> Markup:
    """What it costs, unless nobody knows."""
    if cents is None:
        return Markup()
    return row_template(TEMPLATE, "price_attribute", NO_WORDS).fill(cents)


def words_attribute(words: str) -> Markup:
    """What people may type for it besides its name, if anything."""
    return row_template(TEMPLATE, "words_attribute", NO_WORDS).fill(words) if words else Markup()
