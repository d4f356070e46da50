"""Why a click bought fewer numbers than it asked for."""

from collections.abc import Callable, Mapping
from typing import Final

from jiema_app.domain.orders.several import UNSETTLED
from jiema_app.i18n.formats import number
from jiema_app.i18n.translation import t

_REASONS: Final[Mapping[str, Callable[[str], str]]] = {
    "NO_NUMBERS": lambda locale: t(
        locale, "No more are left at this price. You weren't charged for the rest."
    ),
    "INSUFFICIENT": lambda locale: t(
        locale, "Your balance doesn't cover more. You weren't charged for the rest."
    ),
    "RATE_LIMITED": lambda locale: t(
        locale, "You've reached the limit for now. You weren't charged for the rest."
    ),
    "UNSETTLED": lambda locale: t(
        locale,
        "We couldn't confirm the rest yet. Each of them will appear in your orders or be "
        "refunded automatically.",
    ),
    "OTHER": lambda locale: t(
        locale, "The rest couldn't be bought. You weren't charged for the rest."
    ),
}


def _reason(code: str) -> str:
    if code in UNSETTLED:
        return "UNSETTLED"
    return code if code in _REASONS else "OTHER"


def is_for_money(code: str) -> bool:
    """Whether a top-up would help."""
    return _reason(code) == "INSUFFICIENT"


def shortage_anchor(code: str) -> str:
    """Name of the notice for an error code, where no script picks it."""
    return f"short-{_reason(code)}"


def shortage_reasons(locale: str) -> list[tuple[str, str]]:
    """Anchor and text of every reason."""
    return [(f"short-{reason}", say(locale)) for reason, say in _REASONS.items()]


def shortage_text(locale: str, got: int, wanted: int, code: str) -> str:
    """How many were bought of how many, and why not more.

    Args:
        locale: That of the page.
        got: How many were bought.
        wanted: How many were asked for.
        code: That of the error.
    """
    bought = t(
        locale,
        "We bought {n} of the {wanted} numbers you asked for.",
        n=number(locale, got),
        wanted=number(locale, wanted),
    )
    return f"{bought} {_REASONS[_reason(code)](locale)}"
