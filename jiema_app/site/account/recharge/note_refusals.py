"""Why a word for the reviewer was not kept: for scripts, and for browsers without."""

from typing import Final

from jiema_app.domain.recharges.notes import WORDS_MAX
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.translation import t

CODES: Final = (
    "ALREADY_CHANGED",
    "BAD_REQUEST",
    "FORBIDDEN",
    "INTERNAL",
    "NOT_OPEN",
    "RATE_LIMITED",
)
"""What it may be refused with."""


def note_refusals(locale: str) -> list[tuple[str, str]]:
    """Anchor and text of every notice."""
    return [(note_anchor(code), note_refusal(code, locale)) for code in CODES]


def note_anchor(code: str) -> str:
    """Name of the notice for an error code."""
    return f"note-{code if code in CODES else 'INTERNAL'}"


def note_refusal(code: str, locale: str) -> str:
    """What it says."""
    if code == "BAD_REQUEST":
        return t(locale, "Use 1 to {most} visible characters.", most=WORDS_MAX)
    if code == "NOT_OPEN":
        return t(locale, "You can't add a note to this top-up any more.")
    if code == "ALREADY_CHANGED":
        return t(locale, "This top-up has just changed. Check it and try again.")
    return explain(code, locale)
