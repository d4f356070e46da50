"""Lengths of time as people say them, where an exact one would promise too much."""

from typing import Final

HOUR_S: Final = 3_600
DAY_S: Final = 24 * HOUR_S
FIVE_MINUTES_S: Final = 300


def rounded_up(seconds: int) -> int:
    """Up to what people say: five minutes, whole hours, whole days."""
    step = FIVE_MINUTES_S if seconds <= HOUR_S else HOUR_S if seconds <= 2 * DAY_S else DAY_S
    return max(1, -(-seconds // step)) * step
