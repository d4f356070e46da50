"""What buttons carry: a version, a word, and a few values, in 64 bytes.

Nothing in it is believed: it says what somebody wants to see or do, and services decide whether
they may. A button of an older version, or one that was made up, is None.
"""

import re
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.outside_numbers import whole_number
from jiema_app.domain.telegram.calls import CALLBACK_MAX

VERSION: Final = "1"
PARTED_BY: Final = ":"

VALUE: Final = re.compile(r"[A-Za-z0-9_.-]{0,40}")
VALUES_MAX: Final = 6

NUMBER_MAX: Final = 10**9


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that was pressed.

    Attributes:
        word: What it does.
        values: As text, each of plain characters.
    """

    word: str
    values: tuple[str, ...]

    def text(self, place: int) -> str:
        """One of the values; empty when there is none."""
        return self.values[place] if place < len(self.values) else ""

    def number(self, place: int, *, at_most: int = NUMBER_MAX) -> int | None:
        """One of the values as a whole number; None when it is none."""
        return whole_number(self.text(place), at_most=at_most)


def press_data(word: str, *values: object) -> str:
    """What a button carries."""
    made = PARTED_BY.join((VERSION, word, *map(str, values)))
    assert len(made.encode()) <= CALLBACK_MAX, made
    return made


def read_press(data: str) -> Pressed | None:
    """What a button carried; None when it is none of ours, or of an older version."""
    if not data or len(data) > CALLBACK_MAX:
        return None
    version, *parts = data.split(PARTED_BY)
    if version != VERSION or not 1 <= len(parts) <= VALUES_MAX + 1:
        return None
    if not all(VALUE.fullmatch(part) for part in parts) or not parts[0]:
        return None
    return Pressed(parts[0], tuple(parts[1:]))
