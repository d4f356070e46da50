"""QR codes as one SVG path, drawn here: no address that somebody pays to leaves the house."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

import segno

QUIET_ZONE: Final = 4
"""White modules around the code, as its standard wants."""


@dataclass(frozen=True, slots=True)
class QrDrawing:
    """A code to draw in black on white.

    Attributes:
        path: Every dark module, for the ``d`` of a path.
        view_box: The code with its quiet zone; a module is one unit.
    """

    path: str
    view_box: str


@lru_cache(maxsize=256)
def qr_drawing(text: str) -> QrDrawing:
    """The code of a text, readable with a seventh of it covered."""
    rows = segno.make(text, error="m", micro=False).matrix
    runs = [run for y, row in enumerate(rows) for run in _runs(y, row)]
    size = len(rows) + 2 * QUIET_ZONE
    return QrDrawing("".join(runs), f"-{QUIET_ZONE} -{QUIET_ZONE} {size} {size}")


def _runs(y: int, row: bytes | bytearray) -> list[str]:
    """Dark modules beside each other, as rectangles of one row's height."""
    runs, x = [], 0
    for is_dark, modules in groupby(row, key=bool):
        length = len(list(modules))
        if is_dark:
            runs.append(f"M{x} {y}h{length}v1h-{length}z")
        x += length
    return runs
