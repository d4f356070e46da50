"""What rows of a list say of themselves to the script that narrows and sorts it.

This is the one place where a row's keys are written; ``assets/js/list-rows.js`` is the one where
they are read. See filters.jinja.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from markupsafe import Markup

from jiema_app.domain.units import Cents
from jiema_app.site.pages.rendering import joined, row_template

TEMPLATE: Final = "shop/filters.jinja"
NO_WORDS: Final = "en"
"""Attributes are the same in every language."""


def row_keys(
    key: str,
    rank: int,
    *,
    stock: int,
    price: Cents | None,
    value: int | None = None,
    category: str = "",
) -> Markup:
    """The attributes of a row.

    Args:
        key: What the search calls it: the slug of its service or country.
        rank: Its place in the order of popularity, from 0.
        stock: Numbers that are there.
        price: What one costs; None when nobody knows.
        value: How good an offer it is, the lowest first; None where nobody sorts by it.
        category: That of its service, where there are categories.
    """
    return row_template(TEMPLATE, "row_keys", NO_WORDS).fill(
        key, rank, stock, _known(price), _known(value), category
    )


def _known(number: int | None) -> int | str:
    return "" if number is None else number


@dataclass(frozen=True, slots=True)
class Folded:
    """A list of which the first rows are open, and the rest is there for whoever asks.

    Attributes:
        open: The first rows.
        rest: The others; empty when all are open.
        total: How many there are.
    """

    open: Markup
    rest: Markup
    total: int


def fold(rows: Iterable[Markup], first: int) -> Folded:
    """Fold a list away behind its first rows, unless only one more would be hidden."""
    rows = list(rows)
    if first and len(rows) <= first + 1:
        first = len(rows)
    return Folded(joined(islice(rows, first)), joined(rows[first:]), len(rows))
