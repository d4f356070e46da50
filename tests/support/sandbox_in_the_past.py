"""The sandbox, whose clock is behind by ``SANDBOX_BEHIND_S`` seconds: hours are left to leap over.

Its chain never runs ahead of its clock, and no database of ours runs ahead of the machine's.
"""

import os
import time
from importlib import import_module
from typing import Final

BEHIND_S: Final = float(os.environ["SANDBOX_BEHIND_S"])

_real = time.time


def _behind() -> float:
    return _real() - BEHIND_S


def main() -> None:
    """Run it; everything that it is made of is imported with that clock."""
    time.time = _behind
    import_module("sandbox.__main__").main()


if __name__ == "__main__":
    main()
