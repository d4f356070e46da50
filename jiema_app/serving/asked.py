"""How often addresses were asked for lately, in little memory.

A count-min sketch: each address counts in four rows, and the smallest of the four is its count. Strangers
choose addresses, so where an address counts is decided by Python's hash, which they cannot know.
"""

from typing import Final

ROWS: Final = 4
WIDTH: Final = 2**14
"""Counts in a row. Two rows never mix up the same addresses."""
BITS: Final = 14
MOST: Final = 255
HALVED: Final = bytes(count // 2 for count in range(MOST + 1))
AGED_AFTER: Final = 2 * WIDTH
"""Then every count is halved, so that what was wanted last week makes room."""


class Asked:
    """Counts that are never too small by much, and too large for a few."""

    def __init__(self) -> None:
        self._rows = [bytearray(WIDTH) for _ in range(ROWS)]
        self._noted = 0

    def note(self, address: str) -> None:
        """It was asked for once more."""
        places = self._places(address)
        least = min(row[place] for row, place in zip(self._rows, places, strict=True))
        if least < MOST:
            for row, place in zip(self._rows, places, strict=True):
                if row[place] == least:
                    row[place] += 1
        self._noted += 1
        if self._noted >= AGED_AFTER:
            self._noted = 0
            self._rows = [bytearray(row.translate(HALVED)) for row in self._rows]

    def count(self, address: str) -> int:
        """How often it was asked for."""
        return min(row[place] for row, place in zip(self._rows, self._places(address), strict=True))

    def _places(self, address: str) -> tuple[int, ...]:
        mixed = hash(address)
        return tuple(mixed >> BITS * row & WIDTH - 1 for row in range(ROWS))
