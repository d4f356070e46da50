"""What people read when something was refused: one text for each error code."""

from collections.abc import Callable
from typing import Final

from jiema_app.domain.errors import DomainError
from jiema_app.i18n.translation import t

MESSAGES: Final[dict[str, Callable[[str], str]]] = {
    "AUTH_MISSING": lambda locale: t(locale, "Please sign in first."),
    "AUTH_INVALID": lambda locale: t(locale, "You were signed out. Please sign in again."),
    "FORBIDDEN": lambda locale: t(
        locale, "This account or place is not served. Contact support if that is a mistake."
    ),
    "BAD_REQUEST": lambda locale: t(locale, "Something in the form is not right. Check it."),
    "BAD_SERVICE": lambda locale: t(locale, "This service is not on sale."),
    "BAD_COUNTRY": lambda locale: t(locale, "This country is not on sale."),
    "INSUFFICIENT": lambda locale: t(locale, "Your balance does not cover this price."),
    "NO_NUMBERS": lambda locale: t(
        locale, "No number is left here at this price. Try another country. Nothing was charged."
    ),
    "NOT_OPEN": lambda locale: t(locale, "This order's state no longer allows that."),
    "CODE_RECEIVED": lambda locale: t(locale, "A code has arrived, so there is no refund."),
    "ALREADY_CHANGED": lambda locale: t(locale, "The order changed at this moment. Look again."),
    "HAS_OPEN_ORDER": lambda locale: t(
        locale, "A top-up of yours is open already. Pay it or cancel it first."
    ),
    "IDEMPOTENCY_CONFLICT": lambda locale: t(locale, "This is being done already. Look again."),
    "NOT_FOUND": lambda locale: t(locale, "There is nothing here, or it is not yours."),
    "RATE_LIMITED": lambda locale: t(locale, "That was a lot in a short time. Wait a minute."),
    "UPSTREAM_ERROR": lambda locale: t(
        locale, "Numbers cannot be rented for the moment. Nothing was charged. Try again soon."
    ),
    "RECHARGES_PAUSED": lambda locale: t(
        locale, "Top-ups are paused for the moment. Nothing was opened. Try again soon."
    ),
    "INTERNAL": lambda locale: t(locale, "Something went wrong on our side. Try again."),
}


def explain(error: DomainError | str, locale: str) -> str:
    """A sentence for the person who meets an error, in their language.

    Args:
        error: The error, or its code.
        locale: That of the page.
    """
    code = error if isinstance(error, str) else error.code
    return MESSAGES.get(code, MESSAGES["INTERNAL"])(locale)
