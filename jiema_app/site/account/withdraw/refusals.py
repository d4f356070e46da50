"""Why a withdrawal is not taken, in words: for scripts, and for browsers without."""

from typing import Final

from jiema_app.domain.errors import DomainError
from jiema_app.domain.payouts.destinations import DestinationFault
from jiema_app.domain.withdrawals.draft_views import Fault
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.translation import t
from jiema_app.i18n.withdrawal_refusals import OF_AMOUNT

ADDRESS: Final = "address"
AMOUNT: Final = "amount"
"""Fields of the form. What is wrong with neither is said above it."""

FORM_CODES: Final = (
    "BAD_REQUEST",
    "FORBIDDEN",
    "IDEMPOTENCY_CONFLICT",
    "INTERNAL",
    "NOT_FOUND",
    "RATE_LIMITED",
)
"""What a form may be refused with besides the faults of a withdrawal."""
CANCEL_CODES: Final = ("FORBIDDEN", "INTERNAL", "NOT_FOUND", "NOT_OPEN", "RATE_LIMITED")
"""What taking a withdrawal back may be refused with."""
CANCELLED: Final = "cancelled"
"""Name of the notice that it was taken back."""


def fault_field(fault: Fault) -> str:
    """The field that a fault is about; empty when it is about none."""
    if isinstance(fault, DestinationFault):
        return ADDRESS
    return AMOUNT if fault in OF_AMOUNT else ""


def form_anchor(code: str) -> str:
    """Name of the notice for an error code."""
    return f"refused-{code if code in FORM_CODES else 'INTERNAL'}"


def form_refusal(error: DomainError | str, locale: str) -> str:
    """Why a form was refused as a whole."""
    code = error if isinstance(error, str) else error.code
    if code == "BAD_REQUEST":
        return t(locale, "You didn't confirm in time. Check everything and continue again.")
    return explain(error, locale)


def cancel_anchor(code: str) -> str:
    """Name of the notice for an error code."""
    return f"cancel-{code if code in CANCEL_CODES else 'INTERNAL'}"


def notices(locale: str) -> list[tuple[str, str]]:
    """Anchor and text of every notice, for browsers without scripts: their page holds them all."""
    return [
        *((form_anchor(code), form_refusal(code, locale)) for code in FORM_CODES),
        *((cancel_anchor(code), cancel_refusal(code, locale)) for code in CANCEL_CODES),
    ]


def cancel_refusal(error: DomainError | str, locale: str) -> str:
    """Why a withdrawal was not taken back."""
    code = error if isinstance(error, str) else error.code
    if code == "NOT_OPEN":
        return t(locale, "This withdrawal has been approved or has ended, so it wasn't cancelled.")
    return explain(error, locale)
