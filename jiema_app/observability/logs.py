"""Structured logs, without what must not be in them.

Callers log ids, never texts or tokens. This is the second line of defence: whatever looks
like a key, a phone number or an SMS is hidden before it is written.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

HIDDEN: Final = "[hidden]"

_FORBIDDEN_NAMES: Final = frozenset(
    {"authorization", "api_key", "token", "secret", "password", "cookie", "sms", "body", "text",
     "code", "phone", "smsbody", "initdata"}
)  # fmt: skip
_SECRETS: Final = re.compile(r"jm_[A-Za-z0-9_-]{8,}|(?<=api_key=)[^&\s]+|(?<=Bearer )\S+|(?<=ApiKey )\S+")
_PHONES: Final = re.compile(r"\+\d{4}(\d{2,9})(?=\d{2}(?!\d))")


def _clean(value: object) -> object:
    if isinstance(value, str):
        value = _SECRETS.sub(HIDDEN, value)
        return _PHONES.sub(lambda match: match[0][: -len(match[1])] + "*" * len(match[1]), value)
    return value


def hide_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Hide whatever must not be logged: by its name, or by its looks."""
    return {
        name: HIDDEN if name.lower() in _FORBIDDEN_NAMES else _clean(value)
        for name, value in event.items()
    }


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
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=32)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # They log whole addresses, the supplier's key in them, or every job every second.
    for noisy in ("httpx", "httpcore", "apscheduler", "_granian", "granian"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
