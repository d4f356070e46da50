"""Why nothing was done about an order, for browsers without scripts: its page holds every notice."""

from typing import Final

from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.translation import t

CODES: Final = (
    "ALREADY_CHANGED",
    "CODE_RECEIVED",
    "FORBIDDEN",
    "INTERNAL",
    "NOT_OPEN",
    "RATE_LIMITED",
    "UPSTREAM_ERROR",
)
"""What it may be refused with."""

OUTCOME: Final = "outcome"
"""The anchor of the sentence that tells what has become of the order."""


def act_refusals(locale: str) -> list[tuple[str, str]]:
    """Anchor and text of every notice."""
    return [(act_anchor(code), _act_refusal(code, locale)) for code in CODES]


def act_anchor(code: str) -> str:
    """Name of the notice for an error code."""
    return f"act-{code if code in CODES else 'INTERNAL'}"


def _act_refusal(code: str, locale: str) -> str:
    if code == "UPSTREAM_ERROR":  # which elsewhere speaks of buying
        return t(locale, "That didn't work. Try again.")
    return explain(code, locale)
