"""Groups of digits, as each language writes them."""

from decimal import Decimal
from typing import Final

GROUPED_FROM_FIVE: Final = frozenset({"es", "it", "pl"})
"""Four digits stand without a sign between them: ``minimumGroupingDigits`` of CLDR, which browsers
keep to and Babel does not read."""

FIVE_DIGITS: Final = 10_000


def has_groups(words: str, value: Decimal | int) -> bool:
    """Whether a figure is written in groups of three digits, in the language of the words."""
    return words not in GROUPED_FROM_FIVE or not -FIVE_DIGITS < value < FIVE_DIGITS
