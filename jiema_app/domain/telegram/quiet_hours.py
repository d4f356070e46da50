"""Quiet hours that the bot and the Mini App offer."""

from collections.abc import Mapping
from typing import Final

HOUR: Final = 60

QUIET: Final[Mapping[str, tuple[int, int] | None]] = {
    "0": None,
    "1": (22 * HOUR, 8 * HOUR),
    "2": (23 * HOUR, 7 * HOUR),
    "3": (0, 9 * HOUR),
}
"""From and until, in minutes of somebody's day, by what a button carries."""

OFFSET_MAX: Final = 14 * HOUR
"""Further ahead of UTC, or behind it, no clock is."""
