"""Our own fonts: which of them draws a character, and how wide.

They are cut out of Noto Sans by ``tools/fonts/make_fonts.py``: a machine that serves pages has
none of its own. They are never held in memory here; who draws is told where they are.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from jiema_app.i18n.locale_list import RIGHT_TO_LEFT

FOLDER: Final = Path(__file__).parents[1] / "design" / "fonts"

LATIN: Final = "noto-sans"
ARABIC: Final = "noto-sans-arabic"
CHINESE: Final = "noto-sans-sc"
JAPANESE: Final = "noto-sans-jp"
KOREAN: Final = "noto-sans-kr"

FAMILIES: Final = {
    LATIN: "Noto Sans",
    ARABIC: "Noto Sans Arabic",
    "noto-sans-devanagari": "Noto Sans Devanagari",
    "noto-sans-thai": "Noto Sans Thai",
    CHINESE: "Noto Sans SC",
    JAPANESE: "Noto Sans JP",
    KOREAN: "Noto Sans KR",
}
"""The family of each font, by the name of its file."""

WIDE: Final = 1_000
"""Chinese, Japanese and Korean characters are as wide as high; in thousandths of the size."""
HANGUL_WIDTH: Final = 920

FIRST_WIDE: Final = 0x2E80
HANGUL: Final = (0xAC00, 0xD7A3)
KANA: Final = (0x3041, 0x30FF)

ISOLATES: Final = frozenset("\u2066\u2067\u2068\u2069")
"""They say in which direction what is between them runs, and have no width."""


@lru_cache(8_192)
def font_of(char: str, locale: str) -> str:
    """The font that draws a character in a text of a language.

    Words are joined letter by letter, and only by one font: so it is named for each stretch of
    a text, and never left to the drawing program.
    """
    code = ord(char)
    if HANGUL[0] <= code <= HANGUL[1]:
        return KOREAN
    if KANA[0] <= code <= KANA[1]:
        return JAPANESE
    if code >= FIRST_WIDE:
        return JAPANESE if locale == "ja" else CHINESE
    if char in ISOLATES:
        return ARABIC if locale in RIGHT_TO_LEFT else LATIN
    return next((font for font, widths in _widths().items() if char in widths), LATIN)


def stretches(text: str, locale: str) -> list[tuple[str, str]]:
    """A text as stretches of one font each: the font, and what it draws."""
    found: list[tuple[str, str]] = []
    for char in text:
        font = font_of(char, locale)
        if found and (found[-1][0] == font or char == " "):
            found[-1] = (found[-1][0], found[-1][1] + char)
        else:
            found.append((font, char))
    return found


def width(text: str) -> int:
    """How wide a text is at most, in thousandths of its size.

    Letters that are joined are narrower than each by itself.
    """
    return sum(map(_width, text))


def font_files(texts: Iterable[str], locale: str) -> tuple[Path, ...]:
    """The files of those fonts that draw some texts."""
    fonts = {font for text in texts for font, _ in stretches(text, locale)} | {LATIN}
    return tuple(FOLDER / f"{font}.ttf" for font in sorted(fonts))


@cache
def fonts_version() -> str:
    """Changes with any of the fonts."""
    digest = hashlib.sha256()
    for font in sorted(FAMILIES):
        digest.update((FOLDER / f"{font}.ttf").read_bytes())
    return digest.hexdigest()[:16]


@lru_cache(8_192)
def _width(char: str) -> int:
    code = ord(char)
    if HANGUL[0] <= code <= HANGUL[1]:
        return HANGUL_WIDTH
    if code >= FIRST_WIDE:
        return WIDE
    if char in ISOLATES:
        return 0
    return next((widths[char] for widths in _widths().values() if char in widths), WIDE)


@cache
def _widths() -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = json.loads(
        (FOLDER / "widths.json").read_text(encoding="utf-8")
    )
    return found
