"""Short texts that people write: names of themselves and of their keys, and words to us."""

import unicodedata
from typing import Final

from jiema_app.domain.errors import BadRequest

TYPED_MAX: Final = 4
"""Characters typed for one that is kept: marks that join others, and blanks. Putting marks in
order takes quadratic time, so a longer text is not begun with."""

JOINERS: Final = frozenset("\u200c\u200d")
"""Invisible, and part of the spelling of Persian words and of many emoji."""

UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Categories that show nothing, or change how the text around them is shown. Unassigned
characters are not among them: they may be emoji younger than our tables."""

BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters by category, and blank to the eye."""


def clean_label(text: str, *, what: str, length_max: int) -> str:
    """A name as it is kept: one line, single spaces, nothing unseen.

    Args:
        text: As it was typed.
        what: What is named, for the refusal: ``Display name``.
        length_max: Characters allowed.

    Raises:
        BadRequest: Nothing to see is left, it is too long, or something in it is invisible
            or turns the direction of text.
    """
    if len(text) > TYPED_MAX * length_max:
        raise BadRequest(f"{what}: must be 1 to {length_max} characters.")
    label = unicodedata.normalize("NFC", " ".join(text.split()))
    if any(_is_unseen(character) for character in label):
        raise BadRequest(f"{what}: must not contain invisible or control characters.")
    if not 1 <= len(label) <= length_max or not any(map(_is_seen, label)):
        raise BadRequest(f"{what}: must be 1 to {length_max} characters.")
    return label


def clean_words(text: str, *, what: str, length_max: int) -> str:
    """A word to us as it is kept: one line, and nothing that cannot be seen.

    What a phone's keyboard or a page that was copied from put in unseen is left out, not
    refused: nobody could find it.

    Args:
        text: As it was typed.
        what: What it is, for the refusal: ``Note``.
        length_max: Characters allowed.

    Raises:
        BadRequest: Nothing to see is left, or it is too long.
    """
    if len(text) > TYPED_MAX * length_max:
        raise BadRequest(f"{what}: must be 1 to {length_max} characters.")
    parted = "".join(" " if character.isspace() else character for character in text)
    seen = "".join(character for character in parted if not _is_unseen(character))
    return clean_label(seen, what=what, length_max=length_max)


def clean_lines(text: str) -> str:
    """A longer text as it is kept: lines, at most one empty one between two, nothing unseen.

    Bound it before. Marks are not put in order: nothing looks such a text up.
    """
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        parted = "".join(" " if character.isspace() else character for character in line)
        seen = "".join(one for one in parted if not _is_unseen(one)).strip()
        if seen or (lines and lines[-1]):
            lines.append(seen)
    kept = "\n".join(lines).strip()
    return kept if any(map(_is_seen, kept)) else ""


def _is_unseen(character: str) -> bool:
    if character in JOINERS:
        return False
    return character in BLANK or unicodedata.category(character) in UNSEEN


def _is_seen(character: str) -> bool:
    return character not in JOINERS and unicodedata.category(character)[0] not in "MZ"
