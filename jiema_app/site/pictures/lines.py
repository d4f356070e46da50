"""Breaking a text into lines: the drawing program breaks none."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from jiema_app.site.pictures.fonts import width

SIZES: Final = (84, 76, 68, 60, 54, 48, 42, 36)
ELLIPSIS: Final = "…"

LEADING: Final = {"hi": 1.4, "th": 1.4, "ar": 1.35, "fa": 1.35, "zh": 1.22, "ja": 1.22, "ko": 1.24}
LEADING_ELSE: Final = 1.14
"""From line to line, in sizes: what letters have above and below them differs."""

OPENING: Final = "「『（《〈【“‘([{¿¡«"
ENDING: Final = frozenset(":;!?,./-–—&+·、。，．：；！？」』）》〉】”’)]}%…ーっゃゅょッャュョ")
HAN: Final = r"\u2e80-\u2fff\u3400-\u9fff"
HIRAGANA: Final = r"\u3041-\u309f"
THAI: Final = r"\u0e00-\u0e7f"
THAI_BEGINS: Final = "เแโใไ"
"""Vowels that only begin a syllable, and mostly a word."""
PUNCTUATION: Final = r"\u3000-\u303f\uff00-\uff65、。，．：；！？…—·"

JAPANESE_PIECE: Final = re.compile(
    rf"[^{HIRAGANA}{PUNCTUATION}]+[{HIRAGANA}]*[{PUNCTUATION}]*"
    rf"|[{HIRAGANA}]+[{PUNCTUATION}]*|[{PUNCTUATION}]+"
)
"""A line begins where what is written with particles has ended."""
CHINESE_PIECE: Final = re.compile(rf"[{HAN}][{PUNCTUATION}]*|[^{HAN}]+")
THAI_PIECE: Final = re.compile(rf"[{THAI_BEGINS}]?[^{THAI_BEGINS}]+|[{THAI_BEGINS}]")
WRITTEN_WITHOUT_SPACES: Final = {"ja": JAPANESE_PIECE, "zh": CHINESE_PIECE, "th": THAI_PIECE}

WHOLE_WORDS_FROM: Final = 0.55
"""Down to this part of the largest size no word is broken where nobody said that it may be."""
MANY_LINES: Final = 3
FEWER_LINES_FROM: Final = 0.75
"""Three are set a little smaller, if they are two then."""

MAY_BREAK: Final = "\u200b"
UNSEEN: Final = dict.fromkeys(map(ord, "\u200b\u2066\u2067\u2068\u2069"))

BALANCING_STEP: Final = 0.04

FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_DIRECTIONAL_ISOLATE: Final = "\u2069"


@dataclass(frozen=True, slots=True)
class Block:
    """A text as it is set."""

    lines: tuple[str, ...]
    size: int
    leading: float

    @property
    def height(self) -> float:
        """From the top of the first line to the foot of the last."""
        return len(self.lines) * self.size * self.leading


def plain(text: str) -> str:
    """A text without what only says where it may be broken, and which way it runs."""
    return text.translate(UNSEEN)


def set_text(text: str, locale: str, *, room: tuple[int, int], sizes: tuple[int, ...]) -> Block:
    """A text in the largest size in which it has room.

    Args:
        text: With line feeds where a line must end, and with ``MAY_BREAK`` where a line that has
            no spaces ends best.
        locale: The language that it is in.
        room: Width and height.
        sizes: To be tried, the largest first. What has no room in the last one ends in an
            ellipsis.
    """
    leading = LEADING.get(locale, LEADING_ELSE)
    finer = WRITTEN_WITHOUT_SPACES.get(locale)
    if locale == "ja":
        text = text.replace(MAY_BREAK, "")  # the particle behind a name stays with it
        whole: list[int] = []
    else:
        whole = [size for size in sizes if size >= sizes[0] * WHOLE_WORDS_FROM]
    tries: list[tuple[int, re.Pattern[str] | None]] = [
        (size, None) for size in (whole if finer else sizes)
    ]
    tries += [(size, finer) for size in sizes if finer]
    found: Block | None = None
    for size, pattern in tries:
        lines = _broken(text, pattern, room[0] * 1000 // size)
        if lines is None or len(lines) > max(1, int(room[1] / (size * leading))):
            continue
        if found is None:
            found = Block(tuple(_closed(lines)), size, leading)
        elif len(lines) < MANY_LINES and size >= found.size * FEWER_LINES_FROM:
            return Block(tuple(_closed(lines)), size, leading)
        if len(found.lines) != MANY_LINES:
            break
    return found or _cut_off(text, room, sizes[-1], leading)


def _cut_off(text: str, room: tuple[int, int], size: int, leading: float) -> Block:
    most, wide = max(1, int(room[1] / (size * leading))), room[0] * 1000 // size
    lines = _filled([(piece, False) for piece in _clusters(text.replace("\n", " "))], wide)
    if len(lines) > most:
        lines = [*lines[: most - 1], _shortened("".join(lines[most - 1 : most + 1]), wide)]
    return Block(tuple(_closed(lines)), size, leading)


def _broken(text: str, finer: re.Pattern[str] | None, wide: int) -> list[str] | None:
    """Lines of about one length; None when a word is longer than a line."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        pieces = _pieces(paragraph, finer)
        if any(width(piece) > wide for piece, _ in pieces):
            return None
        lines += _balanced(pieces, wide)
    return lines


def _pieces(text: str, finer: re.Pattern[str] | None) -> list[tuple[str, bool]]:
    """What is not taken apart, and whether a space stands before it."""
    found: list[tuple[str, bool]] = []
    # Not at every space: some say that no line ends there.
    for word in filter(None, text.split(" ")):
        is_spaced = True
        for whole in filter(None, word.split(MAY_BREAK)):
            for part in finer.findall(whole) if finer else [whole]:
                last = found[-1][0] if found else ""
                if found and plain(part)[:1] in ENDING:
                    # Neither a stroke nor a comma begins a line.
                    found[-1] = (f"{last}{' ' if is_spaced else ''}{part}", found[-1][1])
                elif found and not is_spaced and last[-1] in OPENING:
                    found[-1] = (last + part, found[-1][1])
                else:
                    found.append((part, is_spaced))
                is_spaced = False
    return found


def _balanced(pieces: list[tuple[str, bool]], wide: int) -> list[str]:
    """As few lines as possible, in the narrowest column in which they are as few."""
    best = _filled(pieces, wide)
    narrow = wide
    while len(best) > 1:
        narrow -= int(wide * BALANCING_STEP)
        tried = _filled(pieces, narrow)
        if len(tried) > len(best) or any(width(line) > narrow for line in tried):
            break
        best = tried
    return best


def _filled(pieces: list[tuple[str, bool]], wide: int) -> list[str]:
    lines: list[str] = []
    for piece, is_spaced in pieces:
        longer = f"{lines[-1]}{' ' if is_spaced else ''}{piece}" if lines else piece
        if lines and width(longer) <= wide:
            lines[-1] = longer
        else:
            lines.append(piece)
    return [line.strip() for line in lines]


def _shortened(line: str, wide: int) -> str:
    while line and width(line + ELLIPSIS) > wide:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS


def _clusters(text: str) -> list[str]:
    """Letters, each with the marks that belong to it."""
    found: list[str] = []
    for char in text:
        is_mark = unicodedata.category(char)[0] == "M" or char in "ะาำ"
        if found and (is_mark or found[-1][-1] in THAI_BEGINS):
            found[-1] += char
        else:
            found.append(char)
    return found


def _closed(lines: list[str]) -> list[str]:
    """Each line by itself: an isolate that goes on in the next one is opened there anew."""
    found, depth = [], 0
    for line in lines:
        begun = FIRST_STRONG_ISOLATE * depth + line
        depth = begun.count(FIRST_STRONG_ISOLATE) - begun.count(POP_DIRECTIONAL_ISOLATE)
        found.append(begun + POP_DIRECTIONAL_ISOLATE * depth)
    return found
