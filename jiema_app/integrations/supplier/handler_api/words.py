"""The family's vocabulary of refusals, by what a word lets us conclude."""

import re
from typing import Final

EXHAUSTED: Final = frozenset({"NO_NUMBERS", "NO_NUMBER", "OUT_OF_STOCK", "WRONG_MAX_PRICE"})
"""None for this pair at this price."""

OVERLOADED: Final = frozenset({"RATE_LIMIT", "TOO_EARLY", "TOO_MANY_REQUESTS"})
"""Turned away unread: we ask too much."""

REFUSED: Final = frozenset({
    "ACCOUNT_INACTIVE",
    "ACTIVATION_NOT_ACTIVE",
    "BAD_ACTION",
    "BAD_API_KEY",
    "BAD_BALANCE",
    "BAD_COUNTRY",
    "BAD_KEY",
    "BAD_SERVICE",
    "BAD_STATUS",
    "BANNED",
    "CHANNELS_LIMIT",
    "EARLY_CANCEL_DENIED",
    "FREE_CANCELLATION_EXPIRED",
    "INVALID_ACTIVATION_ID",
    "NEW_ACTIVATION_IMPOSSIBLE",
    "NEW_OTP_RECEIVED",
    "NOT_AVAILABLE",
    "NOT_FOUND",
    "NO_ACTIVATION",
    "NO_ACTIVATIONS",
    "NO_BALANCE",
    "NO_BALANCE_FORWARD",
    "NO_KEY",
    "NO_YULA_MAIL",
    "OPERATORS_NOT_FOUND",
    "OTP_RECEIVED",
    "RENEW_ACTIVATION_NOT_AVAILABLE",
    "REPEAT_ADDITIONAL_SERVICE",
    "SERVICE_NOT_AVAILABLE",
    "SIM_OFFLINE",
    "UNPROCESSABLE_ENTITY",
    "WHATSAPP_NOT_AVAILABLE",
    "WRONG_ACTIVATION_ID",
    "WRONG_ADDITIONAL_SERVICE",
    "WRONG_COUNTRY",
    "WRONG_EXCEPTION_PHONE",
    "WRONG_SECURITY",
    "WRONG_SERVICE",
})  # fmt: skip
"""Understood and declined: nothing was done."""

GONE: Final = frozenset({
    "ACTIVATION_NOT_ACTIVE",
    "INVALID_ACTIVATION_ID",
    "NOT_FOUND",
    "NO_ACTIVATION",
    "WRONG_ACTIVATION_ID",
})  # fmt: skip
"""The rental is closed, or was never known."""

DONE: Final = frozenset({"ACCESS_ACTIVATION", "ACCESS_CANCEL", "ACCESS_READY", "ACCESS_RETRY_GET"})
"""An action was carried out. Any other word of access, ``ACCESS_DENIED`` say, is not taken for it."""

CODE_ARRIVED: Final = frozenset({"FREE_CANCELLATION_EXPIRED", "NEW_OTP_RECEIVED", "OTP_RECEIVED"})
"""It can only be finished."""

_BREAKDOWN: Final = re.compile(r"ERROR_SQL\d*|SQL_ERROR|SERVER_ERROR|INTERNAL_ERROR|HTTP_(408|499)")


def is_breakdown(word: str) -> bool:
    """Whether the supplier says that it failed itself, so that anything may have happened."""
    return _BREAKDOWN.fullmatch(word) is not None


def metric_word(word: str) -> str:
    """A word as a metric label: of ours, or OTHER, so that labels stay few."""
    if word in REFUSED or word in EXHAUSTED:
        return word
    return "OTHER"
