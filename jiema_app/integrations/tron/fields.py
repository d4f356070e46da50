"""Strict reading of single values of a node's answer. What is not what it should be is an error."""

import re
from typing import Any, Final

from jiema_app.domain.chain.port import ChainIncomplete
from jiema_app.domain.labels import clean_lines

NUMBER_MAX: Final = 2**63 - 1
"""Of whatever the protocol counts."""

WORDS_MAX: Final = 200
"""Characters of a node's words that are kept."""

_READ_MAX: Final = 2000
"""Characters of a node's words that are looked at."""

_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})+")


def object_of(value: Any, what: str) -> dict[str, Any]:
    """An object.

    Raises:
        ChainIncomplete: It is none.
    """
    if not isinstance(value, dict):
        raise ChainIncomplete(f"no {what} where one belongs")
    return value


def list_of(value: Any, what: str) -> list[Any]:
    """A list.

    Raises:
        ChainIncomplete: It is none.
    """
    if not isinstance(value, list):
        raise ChainIncomplete(f"no {what} where one belongs")
    return value


def number_of(value: Any, what: str, most: int = NUMBER_MAX) -> int:
    """A whole number from 0 to ``most``. The protocol leaves out zeros: give those yourself.

    Raises:
        ChainIncomplete: It is none.
    """
    if type(value) is not int or not 0 <= value <= most:
        raise ChainIncomplete(f"no {what} where one belongs")
    return value


def words_of(value: Any) -> str:
    """A node's own words as they may be shown and stored: one line, bounded, nothing unseen.

    Args:
        value: Text, or text in hexadecimal as the protocol writes bytes. Anything else is empty.
    """
    if not isinstance(value, str):
        return ""
    text = value[:_READ_MAX]
    if _HEX.fullmatch(text):
        text = bytes.fromhex(text).decode(errors="replace")
    return shown(text)


def shown(text: str) -> str:
    """A text as one line of at most ``WORDS_MAX`` characters, all of which can be seen."""
    line = " ".join(clean_lines(text[:_READ_MAX]).split())
    return line if len(line) <= WORDS_MAX else line[: WORDS_MAX - 1] + "…"
