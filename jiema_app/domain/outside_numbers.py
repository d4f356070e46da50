"""Numbers out of text that somebody else has written: a header, a field, an address.

Python's own readers take more than a protocol allows, and fail where it is least expected:
``"²".isdigit()`` is true and ``int("²")`` raises, ``int("1_000")`` is a number, and one of five
thousand digits raises as well. Here only the digits 0 to 9 count, the length is looked at first,
and what is no number is None: whoever asks decides what that means.
"""

import math
import re
from typing import Final

QUALITY: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
"""RFC 9110, 12.4.2."""

QUALITY_LENGTH_MAX: Final = 5

DECIMAL: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
DECIMAL_LENGTH_MAX: Final = 32
"""The shortest form of any float is shorter."""


def is_digits(text: str | bytes) -> bool:
    """Whether a text is made of the digits 0 to 9, and of one at least."""
    # Of bytes, isdigit() knows no others.
    return text.isascii() and text.isdigit()


def whole_number(text: str | bytes, *, at_most: int) -> int | None:
    """A number of digits alone, without sign, spaces or separators.

    Args:
        text: As it came. No more characters than the largest number has are looked at.
        at_most: The largest number that makes sense.

    Returns:
        None when it is none, or too large.
    """
    if len(text) > len(str(at_most)) or not is_digits(text):
        return None
    number = int(text)
    return number if number <= at_most else None


def decimal_number(text: str) -> float | None:
    """A number that may have decimals, as JSON writes it, without a sign.

    Returns:
        None when it is none. The smallest ones are 0; infinity is none.
    """
    if len(text) > DECIMAL_LENGTH_MAX or DECIMAL.fullmatch(text) is None:
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def quality(parameters: str) -> float:
    """How much an element of an ``Accept…`` header is wanted, from 0 to 1.

    Args:
        parameters: What follows the element's first semicolon. Empty: it is fully wanted.

    Returns:
        0 as well when it makes no sense.
    """
    name, _, value = parameters.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    text = value.strip()
    if len(text) > QUALITY_LENGTH_MAX or QUALITY.fullmatch(text) is None:
        return 0.0
    return float(text)
