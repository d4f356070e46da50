"""Why commission was not moved: for scripts, and for browsers without, as ``refusals.py`` has it."""

from typing import Final

from jiema_app.domain.errors import DomainError
from jiema_app.domain.referrals.commissions import CommissionTooSmall
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t

TOO_SMALL: Final = "TOO_SMALL"
"""Stands for a request for more than there is."""

CODES: Final = (
    "BAD_REQUEST",
    TOO_SMALL,
    "FORBIDDEN",
    "IDEMPOTENCY_CONFLICT",
    "INTERNAL",
    "RATE_LIMITED",
)
"""What moving commission may be refused with."""

MOVED: Final = "moved"
"""Name of the notice that it was moved."""


def move_refusals(locale: str) -> list[tuple[str, str]]:
    """Anchor and text of every notice."""
    return [(f"refused-{code}", _reason(code, locale)) for code in CODES]


def move_anchor(error: DomainError) -> str:
    """Name of the notice for an error."""
    code = TOO_SMALL if isinstance(error, CommissionTooSmall) else error.code
    return f"refused-{code if code in CODES else 'INTERNAL'}"


def move_refusal(error: DomainError, locale: str) -> str:
    """What it says to somebody whose page is open."""
    if isinstance(error, CommissionTooSmall) and error.available > 0:
        return t(
            locale,
            "Your commission doesn't cover this amount. You can move up to {available}.",
            available=money(locale, error.available),
        )
    if error.code == "RATE_LIMITED":
        return explain(error, locale)
    return _reason(TOO_SMALL if isinstance(error, CommissionTooSmall) else error.code, locale)


def _reason(code: str, locale: str) -> str:
    if code == TOO_SMALL:
        return t(locale, "Your commission doesn't cover this amount.")
    if code == "BAD_REQUEST":
        return t(
            locale,
            "Enter an amount above zero with up to two decimal places, such as 12.50.",
        )
    if code == "IDEMPOTENCY_CONFLICT":
        return t(locale, "This form has already been used. Refresh the page to move more.")
    return explain(code, locale)
