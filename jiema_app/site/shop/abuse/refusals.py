"""Why a report was not taken: for scripts, and for browsers without, as ``refusals.py`` has it."""

from typing import Final

from jiema_app.domain.abuse_reports.reports import OPTIONAL, WORDS_MAX, WORDS_MIN
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.formats import number
from jiema_app.i18n.translation import t
from jiema_app.settings import get_settings

TRAP: Final = "website"
"""A field that nobody sees: what fills it in is a program."""

FIELDS: Final = ("reporter", *OPTIONAL, "words", TRAP)
"""What can be wrong with a report, by the field's name."""

REFUSED: Final = ("ALREADY_CHANGED", "FORBIDDEN", "INTERNAL", "RATE_LIMITED")
"""What else it may be refused with."""


def report_anchor(code: str, field: str = "") -> str:
    """Name of the notice for an error code, or for a field that is wrong."""
    if code == "BAD_REQUEST" and field in FIELDS:
        return f"refused-{field}"
    return f"refused-{code if code in REFUSED else 'INTERNAL'}"


def refusal_text(code: str, locale: str, field: str = "") -> str:
    """What it says."""
    if code == "BAD_REQUEST" and field in FIELDS:
        return _about(field, locale)
    if code == "RATE_LIMITED":
        return t(
            locale,
            "You've reached the limit of {count} reports a day. Nothing was sent. "
            "Try again tomorrow.",
            count=number(locale, get_settings().abuse.reports_per_day),
        )
    if code == "ALREADY_CHANGED":
        code = "INTERNAL"
    return explain(code, locale)


def _about(field: str, locale: str) -> str:
    if field == "reporter":
        return t(locale, "Choose who you are.")
    if field == "words":
        return t(
            locale,
            "Describe what happened in {least} to {most} characters.",
            least=number(locale, WORDS_MIN),
            most=number(locale, WORDS_MAX),
        )
    if field == TRAP:
        return t(
            locale,
            "Your browser filled in a hidden field. Turn off autofill for this form and try again.",
        )
    return t(locale, "Use up to {most} visible characters.", most=number(locale, OPTIONAL[field]))
