"""What people read when something was refused: one text for each error code."""

from collections.abc import Callable
from typing import Final

from jiema_app.domain.errors import DomainError, RateLimited
from jiema_app.i18n.formats import duration
from jiema_app.i18n.translation import t

MESSAGES: Final[dict[str, Callable[[str], str]]] = {
    "AUTH_MISSING": lambda locale: t(locale, "Sign in to continue."),
    "AUTH_INVALID": lambda locale: t(locale, "You've been signed out. Sign in again."),
    "FORBIDDEN": lambda locale: t(
        locale,
        "We can't serve this account or location. If you think this is a mistake, contact support.",
    ),
    "BAD_REQUEST": lambda locale: t(
        locale, "Something in the form isn't right. Check it and try again."
    ),
    "BAD_SERVICE": lambda locale: t(locale, "This service isn't available."),
    "BAD_COUNTRY": lambda locale: t(locale, "This country isn't available."),
    "INSUFFICIENT": lambda locale: t(locale, "Your balance doesn't cover this price."),
    "NO_NUMBERS": lambda locale: t(
        locale, "No numbers are left at this price. You weren't charged. Try another country."
    ),
    "NOT_OPEN": lambda locale: t(locale, "That's no longer possible for this order."),
    "CODE_RECEIVED": lambda locale: t(
        locale, "A code has arrived, so this order can't be refunded."
    ),
    "ALREADY_CHANGED": lambda locale: t(
        locale, "The order has just changed. Check it and try again."
    ),
    "HAS_OPEN_ORDER": lambda locale: t(
        locale, "You already have an open top-up. Pay or cancel it first."
    ),
    "IDEMPOTENCY_CONFLICT": lambda locale: t(
        locale, "This is already in progress. Check again in a moment."
    ),
    "NOT_FOUND": lambda locale: t(locale, "It doesn't exist, or it belongs to another account."),
    "RATE_LIMITED": lambda locale: t(locale, "You've reached the limit for now. Try again later."),
    "UPSTREAM_ERROR": lambda locale: t(
        locale, "You can't buy numbers right now. You won't be charged. Try again soon."
    ),
    "RECHARGES_PAUSED": lambda locale: t(
        locale, "Top-ups are paused for now. No top-up was opened. Try again soon."
    ),
    "INTERNAL": lambda locale: t(locale, "Something went wrong on our side. Try again."),
}


def explain(error: DomainError | str, locale: str) -> str:
    """A sentence for the person who meets an error, in their language.

    Args:
        error: The error, or its code.
        locale: That of the page.
    """
    if isinstance(error, RateLimited):
        return t(
            locale,
            "You've reached the limit for now. Try again in {time}.",
            time=duration(locale, error.retry_after_s),
        )
    code = error if isinstance(error, str) else error.code
    return MESSAGES.get(code, MESSAGES["INTERNAL"])(locale)
