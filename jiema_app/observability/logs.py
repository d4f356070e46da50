"""Structured logs, without what must not be in them.

Callers log ids, never texts or tokens. This is the second line of defence: whatever looks
like a key, a phone number or an SMS is hidden before it is written, whoever says it, and
every line is bounded (``cleaning.py``).
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

from jiema_app.observability.cleaning import HIDDEN, Cleaner, hide_in_text

__all__ = ["HIDDEN", "configure_logs", "hide_in_text", "hide_secrets"]

TOLD_BY_STRANGERS: Final = ("engineio", "socketio", "reflex")
"""Libraries whose messages quote what pages send. Words of a text message look like any
others, so of these only the place is written that complains, and the kind of its error."""

QUIET: Final = (
    "httpx", "httpcore", "httpx2", "httpcore2", "authlib", "_granian", "granian", "telegram",
)  # fmt: skip
"""They log whole addresses, the supplier's key in them, or every job every second;
authlib the secret half of a sign-in, the library of Telegram's Bot API its token and whatever
is written to people."""


def hide_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Hide whatever must not be logged: by its name, or by its looks, however deep it lies."""
    cleaner = Cleaner()
    traceback = event.pop("exception", None)
    cleaned: MutableMapping[str, Any] = {
        # Set by structlog, and needed by it as they are.
        name: value if name.startswith("_") else cleaner.clean(value, name=name)
        for name, value in event.items()
    }
    if traceback is not None:
        cleaned["exception"] = cleaner.traceback(str(traceback))
    return cleaned


def configure_logs(*, form: str, level: str, process: str) -> None:
    """Send every log line of this process to standard error, structured and cleaned.

    Args:
        form: ``console`` for people, ``json`` for machines.
        level: The least level that is written.
        process: Which process this is; stands on every line.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        lambda _l, _m, event: {"process": process, **event},
        hide_secrets,
    ]
    # Beneath what `capture_output` may have put there.
    stream: Any = getattr(sys.stderr, "beneath", sys.stderr)
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), pad_event_to=32)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(_keep_the_place)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    _silence_handlers_of_others()
    for noisy in QUIET:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It also warns of every run that it leaves out because the last one still goes on.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # What it cannot reach, it tries again by itself, and whoever needed it says so.
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)


def _silence_handlers_of_others() -> None:
    """Have everybody speak through ours: handlers of libraries write messages as they are."""
    for name in ("engineio.server", "socketio.server"):
        # With a level of their own they add no handler when a server is made later.
        logging.getLogger(name).setLevel(logging.ERROR)
    for known in tuple(logging.Logger.manager.loggerDict.values()):
        if isinstance(known, logging.Logger):
            known.handlers.clear()
            known.propagate = True
    logging.lastResort = None
    logging.captureWarnings(capture=True)


def _keep_the_place(record: logging.LogRecord) -> bool:
    """Leave of a message that quotes strangers only where it comes from."""
    if not record.name.startswith(TOLD_BY_STRANGERS):
        return True
    record.msg, record.args = f"{record.name}: {record.funcName}, line {record.lineno}", ()
    error = record.exc_info[1] if record.exc_info else None
    record.exc_info = record.exc_text = record.stack_info = None
    if error is not None:
        record.msg += f": {type(error).__name__}"
    return True
