"""Pieces of HTML in messages: Telegram knows a handful of tags, and everything else is escaped."""

from html import escape
from typing import Final

FIRST_STRONG_ISOLATE: Final = "\u2068"
LEFT_TO_RIGHT_ISOLATE: Final = "\u2066"
POP_ISOLATE: Final = "\u2069"

BODY_MAX: Final = 1200
"""Units of somebody else's text that a message quotes, as ``units`` counts them."""


def safe(words: object) -> str:
    """Text that may hold anything, to stand in a message."""
    return escape(str(words), quote=False)


def bold(words: object) -> str:
    """Said with weight."""
    return f"<b>{safe(words)}</b>"


def code(words: str) -> str:
    """Something that a tap copies: it stands from left to right, whatever is around it.

    The marks stand outside: what is copied is the text alone.
    """
    return f"{LEFT_TO_RIGHT_ISOLATE}<code>{safe(words)}</code>{POP_ISOLATE}"


def isolated(words: object) -> str:
    """A name or a figure that does not turn around what stands beside it. Escaped."""
    return f"{FIRST_STRONG_ISOLATE}{safe(words)}{POP_ISOLATE}"


def quoted(words: str, most: int = BODY_MAX) -> str:
    """What somebody else wrote: an SMS. What is beyond ``most`` units is left out."""
    return f"<blockquote>{safe(_cut(words, most))}</blockquote>"


def units(words: str) -> int:
    """How long Telegram finds a text: it counts in UTF-16, where most pictures are two."""
    return len(words) + sum(each > "\uffff" for each in words)


def _cut(words: str, most: int) -> str:
    if units(words) <= most:
        return words
    kept = words[: most - 1]
    while units(kept) > most - 1:
        kept = kept[: -max(1, (units(kept) - most + 1) // 2)]
    return f"{kept}…"


def lines(*parts: str | None) -> str:
    """Lines of a message; None is left out, and an empty one is an empty line."""
    return "\n".join(part for part in parts if part is not None).strip()
