"""A long list of services as sections, one for each category."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from jiema_app.site.shop.categories import category_names, category_order
from jiema_app.site.shop.filter_rows import Folded, fold

FIRST_SECTIONS: Final = 4
"""Those that most people come for show more."""


@dataclass(frozen=True, slots=True)
class Section:
    """The services of one category.

    Attributes:
        category: Its id.
        label: Its name, in the words of the page.
        list: Their rows.
    """

    category: str
    label: str
    list: Folded


def sections_of(
    rows: Iterable[tuple[str, Markup]], locale: str, *, first: int, others: int
) -> list[Section]:
    """Sort rows into the shelves of the shop.

    Args:
        rows: The category and HTML of each, most popular first.
        locale: Whose words.
        first: How many rows stand open in the first sections.
        others: Likewise, in all others.
    """
    shelves: dict[str, list[Markup]] = defaultdict(list)
    for category, row in rows:
        shelves[category].append(row)
    names = category_names(locale)
    filled = [category for category in category_order() if category in shelves]
    return [
        Section(
            category,
            names[category],
            fold(shelves[category], first if place < FIRST_SECTIONS else others),
        )
        for place, category in enumerate(filled)
    ]
