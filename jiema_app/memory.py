"""Memory that a process had for a moment and needs no more."""

import ctypes


def give_back_memory() -> None:
    """Return what was freed to the system; glibc would keep tens of MB for this process.

    Worth a call after large things were loaded and dropped. Elsewhere than on glibc it
    does nothing.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
