# ruff: noqa: RUF001 - letters of many languages are the point
"""One spelling for what services spell in many ways.

Texts come with full-width, Arabic, Persian, Devanagari, Thai and other digits, with marks that
set the direction of writing, with characters of no width to defeat filters, with and without
accents. Codes are looked for in a folded copy; the text itself is never changed.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_SPACES: Final = frozenset({"Zs"})
_LINE_ENDS: Final = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")
_VANISH: Final = frozenset("\ufe0e\ufe0f\u20e3\u00ad\u0640\u034f")
"""Variation selectors and the frame of a keycap, soft hyphens, the Arabic stretching stroke."""
_VOWEL_SIGNS: Final = (("\u0300", "\u036f"), ("\u0591", "\u05c7"), ("\u064b", "\u065f"))
"""Accents that stand by themselves; vowel points of Hebrew and Arabic, which SMS leave out."""
_FULL_WIDTH: Final = range(0xFF01, 0xFF5F)
_KEPT_FULL_WIDTH: Final = frozenset("\uff0c\uff0e\uff1b\uff01\uff1f")
"""Punctuation that ends a clause in Chinese and Japanese, without a space after it."""
_SAME: Final = {
    "ı": "i", "ł": "l", "đ": "d", "ø": "o", "ς": "σ", "’": "'", "‘": "'", "ʻ": "'", "ʼ": "'",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه",
}  # fmt: skip
_WITHOUT_SPACES: Final = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Burmese
    ("\u1780", "\u17ff"),  # Khmer
    ("\u3040", "\u9fff"),  # Japanese, Chinese
    ("\uff66", "\uff9f"),  # Japanese of half width
)
_ACCENTED: Final = ((0x00C0, 0x0530), (0x1E00, 0x2000))
"""Latin, Greek and Cyrillic: elsewhere what looks like an accent makes another letter."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in one spelling, twice, of the same length.

    Attributes:
        cased: With capitals, for codes that have letters.
        plain: Without capitals and accents, for words.
    """

    cased: str
    plain: str


def fold(text: str) -> Folded:
    """The text with one kind of digits, spaces, dashes and line ends, without invisible marks."""
    pairs = [_fold_character(character) for character in text]
    return Folded("".join(cased for cased, _ in pairs), "".join(plain for _, plain in pairs))


@lru_cache(maxsize=8192)
def is_letter(character: str) -> bool:
    """Whether a character is part of a word, vowel signs of Indian scripts among them."""
    return character.isalpha() or unicodedata.category(character)[0] == "M"


@lru_cache(maxsize=8192)
def is_spaced_letter(character: str) -> bool:
    """Whether a character is part of a word in a script that puts spaces between words."""
    return is_letter(character) and not any(
        low <= character <= high for low, high in _WITHOUT_SPACES
    )


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> tuple[str, str]:
    category = unicodedata.category(character)
    if character in _LINE_ENDS:
        character = "\n"
    elif category in _SPACES or character == "\t":
        character = " "
    elif _is_invisible(character, category):
        return "", ""
    elif category == "Nd":
        character = str(unicodedata.decimal(character))
    elif category == "Pd" or character == "\u2212":
        character = "-"
    elif ord(character) in _FULL_WIDTH and character not in _KEPT_FULL_WIDTH:
        character = chr(ord(character) - 0xFEE0)
    return character, _plain(character)


def _is_invisible(character: str, category: str) -> bool:
    return (
        character in _VANISH
        or category in {"Cf", "Cc"}
        or any(low <= character <= high for low, high in _VOWEL_SIGNS)
    )


def _plain(character: str) -> str:
    lower = character.lower()[0]
    lower = _SAME.get(lower, lower)
    if any(low <= ord(lower) < high for low, high in _ACCENTED):
        lower = unicodedata.normalize("NFD", lower)[0]
    return _SAME.get(lower, lower)
