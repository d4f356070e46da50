"""What the public API's codes, statuses and parameters mean, in the reader's language.

The documentation, the OpenAPI description and the reference for language models all take their
words from here, so none of them can say something else.
"""

from dataclasses import dataclass

from jiema_app.i18n.translation import t


@dataclass(frozen=True, slots=True)
class ErrorMeaning:
    """A code of the API: its HTTP status, and what it tells."""

    status: int
    code: str
    meaning: str


@dataclass(frozen=True, slots=True)
class StatusMeaning:
    """A status of an order, and whether it is final."""

    status: str
    meaning: str
    is_final: bool


def error_meanings(locale: str) -> tuple[ErrorMeaning, ...]:
    """Every error code, in the order in which the documentation lists them."""
    return (
        ErrorMeaning(401, "AUTH_MISSING", t(locale, "No API key was sent.")),
        ErrorMeaning(401, "AUTH_INVALID", t(locale, "The API key is unknown or revoked.")),
        ErrorMeaning(
            403,
            "FORBIDDEN",
            t(
                locale,
                "The account is blocked, or we can't serve the location the request comes from.",
            ),
        ),
        ErrorMeaning(
            400,
            "BAD_REQUEST",
            t(
                locale,
                "The request is malformed, or a value is out of range. The message names the field.",
            ),
        ),
        ErrorMeaning(400, "BAD_SERVICE", t(locale, "The service is unknown or isn't available.")),
        ErrorMeaning(400, "BAD_COUNTRY", t(locale, "The country is unknown or isn't available.")),
        ErrorMeaning(
            400, "INSUFFICIENT", t(locale, "Your balance doesn't cover the price. Top up first.")
        ),
        ErrorMeaning(
            400,
            "NO_NUMBERS",
            t(locale, "No numbers are in stock, or none at or below maxPriceCents."),
        ),
        ErrorMeaning(400, "NOT_OPEN", t(locale, "The order's status doesn't allow this.")),
        ErrorMeaning(
            400,
            "CODE_RECEIVED",
            t(locale, "A code has arrived, so the order can't be cancelled."),
        ),
        ErrorMeaning(
            400,
            "ALREADY_CHANGED",
            t(locale, "The order has just changed. Fetch it again before you retry."),
        ),
        ErrorMeaning(
            400,
            "HAS_OPEN_ORDER",
            t(
                locale,
                "You already have an open top-up. Despite its name, this code isn't about orders, "
                "and top-ups can't be opened through the API.",
            ),
        ),
        ErrorMeaning(
            400,
            "RECHARGES_PAUSED",
            t(locale, "Top-ups are paused for now. No top-up was opened. Try again soon."),
        ),
        ErrorMeaning(
            400,
            "IDEMPOTENCY_CONFLICT",
            t(
                locale,
                "The Idempotency-Key belongs to another request, or its first request is still "
                "running.",
            ),
        ),
        ErrorMeaning(
            400,
            "UPSTREAM_ERROR",
            t(locale, "The number provider failed. You won't be charged. Try again."),
        ),
        ErrorMeaning(
            404,
            "NOT_FOUND",
            t(locale, "The order doesn't exist, or it belongs to another account."),
        ),
        ErrorMeaning(
            429,
            "RATE_LIMITED",
            t(
                locale,
                "Too many requests, open orders or cancellations. Wait for the number of seconds "
                "in Retry-After.",
            ),
        ),
        ErrorMeaning(500, "INTERNAL", t(locale, "Server error, reported automatically.")),
    )


def status_meanings(locale: str) -> tuple[StatusMeaning, ...]:
    """Every status of an order. Backticks stand around what is on the wire."""
    return (
        StatusMeaning(
            "WAITING", t(locale, "The number is active and waiting for an SMS."), is_final=False
        ),
        StatusMeaning("RECEIVED", t(locale, "A code arrived."), is_final=False),
        StatusMeaning(
            "COMPLETED",
            t(
                locale,
                "Final. At least one code arrived. `reason` says what ended it: `EXPIRED` (the "
                "time was up), `USER` (you finished it) or `UPSTREAM_LOST` (the number provider "
                "did).",
            ),
            is_final=True,
        ),
        StatusMeaning(
            "FAILED",
            t(
                locale,
                "Final. The number failed before a code arrived, and `reason` is "
                "`UPSTREAM_LOST`. Refunded in full.",
            ),
            is_final=True,
        ),
        StatusMeaning(
            "CANCELLED",
            t(
                locale,
                "Final. `reason` tells an order that expired without a code (`EXPIRED`) from one "
                "that you cancelled (`USER`). Refunded in full.",
            ),
            is_final=True,
        ),
    )
