"""Entities of a text: offsets count UTF-16 units, as Telegram's do."""

import re
from typing import Any, Final

Entity = dict[str, Any]

_FOUND: Final = (
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("email", re.compile(r"(?<![\w.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")),
    ("url", re.compile(r"(?<![\w@])(?:https?://[^\s<>\"']{1,2000}|(?:[a-z0-9-]{1,63}\.){1,5}(?:com|org|net|me|my|io)(?:/[^\s<>\"']{0,2000})?)(?<![.,;:!?)])", re.IGNORECASE)),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w{1,256}")),
)  # fmt: skip
_LITERAL: Final = frozenset({"code", "pre", "text_link"})
_ORDER: Final = ("blockquote", "expandable_blockquote", "text_link", "bold", "italic", "underline",
                 "strikethrough", "spoiler", "code", "pre")  # fmt: skip


def utf16(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def tidy(text: str, spans: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut the space around a text, move its entities along, and sort them."""
    cut = len(text) - len(text.lstrip(" \n\t"))
    # What stands in code keeps its indentation.
    if any(span["type"] == "pre" and span["offset"] < cut for span in spans):
        cut = 0
    trimmed = text[cut:].rstrip()
    before, length = utf16(text[:cut]), utf16(trimmed)
    kept = []
    for span in spans:
        start = max(0, span["offset"] - before)
        end = min(length, span["offset"] - before + span["length"])
        if end > start:
            kept.append({**span, "offset": start, "length": end - start})
    kept.sort(key=lambda span: (span["offset"], -span["length"], _rank(span["type"])))
    return trimmed, kept


def found_in(text: str, spans: list[Entity]) -> list[Entity]:
    """Add what Telegram finds by itself: commands, addresses, mentions."""
    taken = [(s["offset"], s["offset"] + s["length"]) for s in spans if s["type"] in _LITERAL]
    found = list(spans)
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start = utf16(text[: match.start()])
            end = start + utf16(match.group())
            if all(end <= left or start >= right for left, right in taken):
                found.append({"type": kind, "offset": start, "length": end - start})
                taken.append((start, end))
    found.sort(key=lambda span: (span["offset"], -span["length"], _rank(span["type"])))
    return found


def _rank(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
