"""Why something was not bought, for browsers without scripts.

Such a browser is sent back to the page with the reason after the ``#``, and the page shows
the notice of that name: all of them are there, hidden.
"""

from typing import Final

from jiema_app.i18n.error_messages import explain

CODES: Final = (
    "BAD_REQUEST",
    "BAD_SERVICE",
    "BAD_COUNTRY",
    "FORBIDDEN",
    "IDEMPOTENCY_CONFLICT",
    "INSUFFICIENT",
    "INTERNAL",
    "NO_NUMBERS",
    "RATE_LIMITED",
    "UPSTREAM_ERROR",
)
"""What buying may be refused with."""


def refusal_anchor(code: str) -> str:
    """Name of the notice for an error code."""
    return f"refused-{code if code in CODES else 'INTERNAL'}"


def refusal_texts(locale: str) -> list[tuple[str, str]]:
    """Anchor and text of every notice."""
    return [(refusal_anchor(code), explain(code, locale)) for code in CODES]
