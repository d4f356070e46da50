"""The words of pages, resolved when pages are built.

A page asks for each of its texts with ``t(locale, "English text")``. The answer comes
from ``locales/<locale>/LC_MESSAGES/jiema.po``, and ends up as a literal in the
prerendered HTML. A text without a translation stays English.
"""

from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

CATALOGUES: Final = Path(__file__).with_name("locales")


@cache
def _catalogue(locale: str) -> dict[str, str]:
    path = CATALOGUES / locale / "LC_MESSAGES" / "jiema.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        messages = read_po(file, locale=locale)
    return {
        message.id: message.string
        for message in messages
        if isinstance(message.id, str) and isinstance(message.string, str) and message.string
    }


def t(locale: str, text: str) -> str:
    """The text in the language of ``locale``, or itself."""
    return _catalogue(locale).get(text, text)


def is_translated(locale: str) -> bool:
    """Whether the locale has words of its own; English is its own translation."""
    return locale == "en" or bool(_catalogue(locale))


def words_locale(locale: str) -> str:
    """The language that pages of ``locale`` are written in: its own, or English."""
    return locale if is_translated(locale) else "en"
