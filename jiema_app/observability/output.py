"""Whatever else a process says: prints, warnings, errors that nobody caught.

They are log lines too, cleaned and bounded like the others. For processes that serve or
work; commands print for the person in front of them.
"""

import sys
import threading
from io import TextIOBase
from types import TracebackType
from typing import Any, Final, TextIO

import structlog

from jiema_app.observability.cleaning import VALUE_MAX

log = structlog.get_logger()


class Lines(TextIOBase):
    """A stream whose lines become log lines.

    Attributes:
        beneath: The stream that was there before, to which the log itself writes.
    """

    def __init__(self, name: str, beneath: TextIO | None) -> None:
        super().__init__()
        self.beneath: Final = beneath
        self._name: Final = name
        self._begun = ""

    def writable(self) -> bool:
        """It is only written to."""
        return True

    def write(self, text: str) -> int:
        """Take a part of a line; only its beginning is kept."""
        *whole, rest = text.split("\n")
        for line in whole:
            self._say(self._begun + line[: 2 * VALUE_MAX])
            self._begun = ""
        self._begun = (self._begun + rest[: 2 * VALUE_MAX])[: 2 * VALUE_MAX]
        return len(text)

    def _say(self, line: str) -> None:
        if line.strip():
            log.warning("printed", stream=self._name, line=line)


def capture_output() -> None:
    """Have nothing written past the log. Call it after ``configure_logs``."""
    sys.stdout = Lines("stdout", sys.stdout)
    sys.stderr = Lines("stderr", sys.stderr)
    sys.excepthook = _tell_uncaught
    threading.excepthook = lambda args: _tell_uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )
    sys.unraisablehook = _tell_unraisable


def _tell_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log.error("uncaught error", exc_info=(kind, error, trace))


def _tell_unraisable(what: Any) -> None:
    # Neither the object nor its repr: it may be anything.
    log.error("error that nobody could be told", exc_info=what.exc_value)
