"""Memory that a process had for a moment and needs no more."""

import ctypes
from typing import Final

MMAP_THRESHOLD: Final = -3
"""``M_MMAP_THRESHOLD`` of mallopt(3)."""
LARGE: Final = 128 * 1024
"""Bytes; what glibc begins with, before it learns to keep more."""


def give_back_large_blocks() -> None:
    """Have blocks of ``LARGE`` bytes and more returned to the system as soon as they are freed.

    glibc would keep the more of them for this process the more there were: the bodies of
    unpacked pages, fifty at a time, left it 60 MB larger. For processes that strangers make
    large things in. Elsewhere than on glibc it does nothing.
    """
    option = getattr(ctypes.CDLL(None), "mallopt", None)
    if option is not None:
        option(MMAP_THRESHOLD, LARGE)


def give_back_memory() -> None:
    """Return what was freed to the system; glibc would keep tens of MB for this process.

    Worth a call after large things were loaded and dropped. Elsewhere than on glibc it
    does nothing.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
