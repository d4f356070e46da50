"""Whether work grows as its input does, told by the clock and yet on busy machines."""

import gc
import time
from collections.abc import Callable
from typing import Final

SLACK: Final = 12.0
"""A busy machine, and memory that no longer fits its caches. Quadratic work at 64 times the size
takes 64 times more than linear work would."""

LEAST_S: Final = 50e-6
"""Below this a clock says little."""


def grows_linearly(work: Callable[[int], object], small: int, large: int) -> None:
    """Do some work at two sizes, each several times, and compare the best of them."""
    short = max(min(_seconds(work, small) for _ in range(5)), LEAST_S)
    allowed = SLACK * large / small * short
    for _ in range(5):
        taken = _seconds(work, large)
        if taken <= allowed:
            return
    raise AssertionError(f"{small}: {short:.6f} s, {large}: {taken:.6f} s")


def _seconds(work: Callable[[int], object], size: int) -> float:
    collecting = gc.isenabled()
    # What a long test run has in memory is looked through whenever much is made.
    gc.disable()
    try:
        begun = time.perf_counter()
        work(size)
        return time.perf_counter() - begun
    finally:
        if collecting:
            gc.enable()
