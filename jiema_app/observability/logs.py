"""Structured logs, without what must not be in them.

Callers log ids, never texts or tokens. This is the second line of defence: whatever looks
like a key, a phone number or an SMS is hidden before it is written.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog

HIDDEN: Final = "[hidden]"

_FORBIDDEN_NAMES: Final = frozenset(
    {"authorization", "apikey", "xapikey", "token", "secret", "password", "cookie", "sms", "body",
     "text", "code", "phone", "phonenumber", "smsbody", "smstext", "smscode", "initdata", "idtoken", "accesstoken",
     "headers", "nodeheaders", "tronproapikey", "xpub", "accountxpub", "xprv", "privatekey", "mnemonic", "seed"}
)  # fmt: skip
"""Without case and punctuation: ``api_key``, ``apiKey`` and ``X-API-Key`` are meant alike."""

_SECRETS: Final = re.compile(
    r"j[lm]_[A-Za-z0-9_-]{8,}|eyJ[\w-]+\.[\w-]+\.[\w-]+"
    r"|\bx(?:pub|prv)[1-9A-HJ-NP-Za-km-z]{40,}"
    r"|(?<=/webhooks/supplier/)[^/?\s'\"]+"
    r"|(?<=api_key=)[^&\s]+|(?<=Bearer )\S+|(?<=ApiKey )\S+"
)
_EVENTS: Final = re.compile(r"(Event\(name='[^']*'|[Ee]vent data\b).*", re.DOTALL)
"""How Reflex prints what a page has sent and it cannot serve: forms, cookies, addresses."""
_PHONES: Final = re.compile(r"\+\d{4}(\d{2,9})(?=\d{2}(?!\d))")


def _is_forbidden(name: object) -> bool:
    return "".join(filter(str.isalpha, str(name).lower())) in _FORBIDDEN_NAMES


def _clean(value: Any) -> Any:
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if isinstance(value, str):
        value = _EVENTS.sub(rf"\1 {HIDDEN}", _SECRETS.sub(HIDDEN, value))
        return _PHONES.sub(lambda match: match[0][: -len(match[1])] + "*" * len(match[1]), value)
    if isinstance(value, Mapping):
        return {
            name: HIDDEN if _is_forbidden(name) else _clean(inner) for name, inner in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_clean(inner) for inner in value]
    return value


def hide_in_text(text: str) -> str:
    """A text without what looks like a key, a token or a phone number."""
    return str(_clean(text))


def hide_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Hide whatever must not be logged: by its name, or by its looks, however deep it lies."""
    return {name: HIDDEN if _is_forbidden(name) else _clean(value) for name, value in event.items()}


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
    # They log whole addresses, the supplier's key in them, or every job every second;
    # authlib the secret half of a sign-in.
    for noisy in ("httpx", "httpcore", "httpx2", "httpcore2", "authlib", "_granian", "granian"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It also warns of every run that it leaves out because the last one still goes on.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
