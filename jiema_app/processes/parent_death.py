"""Dying with one's parent, however it dies. Linux only; elsewhere nothing happens."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

PR_SET_PDEATHSIG: Final = 1


def die_with_parent(with_signal: int = signal.SIGTERM) -> Callable[[], None]:
    """A function for a process to call on itself: ``with_signal`` when its parent is gone.

    The parent is the thread that started the process, so start it from the main one.
    The libraries are looked up here, because after a fork little is safe.
    """
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0)

    return ask


class ParentMake:
    """The ``make`` that started us, if one did.

    An interrupt that is sent to ``make`` alone, and not to the whole terminal, is not
    passed on: make waits for us for ever. But it stops catching the signal when it got
    one, and that can be seen.
    """

    def __init__(self) -> None:
        self._pid = os.getppid() if "MAKELEVEL" in os.environ else None
        self._caught_interrupts = self._catches_interrupts()
        if self._pid is not None:
            die_with_parent()()

    def was_interrupted(self) -> bool:
        """Whether make has been told to stop, or is gone."""
        if self._pid is None:
            return False
        if os.getppid() != self._pid:
            return True
        return self._caught_interrupts and not self._catches_interrupts()

    def _catches_interrupts(self) -> bool:
        try:
            status = Path(f"/proc/{self._pid}/status").read_text(encoding="ascii")
        except OSError:
            return False
        masks = (line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(next(masks, "0"), 16) & 1 << (signal.SIGINT - 1))
