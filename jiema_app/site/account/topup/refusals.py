"""Why nothing was opened to pay to: for scripts, and for browsers without, as ``refusals.py`` has it."""

from decimal import Decimal
from typing import Final

from jiema_app.domain.units import micro_of, usdt_text
from jiema_app.i18n.error_messages import explain
from jiema_app.i18n.translation import t
from jiema_app.settings import Settings

CODES: Final = (
    "BAD_REQUEST",
    "FORBIDDEN",
    "HAS_OPEN_ORDER",
    "INTERNAL",
    "RATE_LIMITED",
    "RECHARGES_PAUSED",
)
"""What opening a recharge may be refused with."""


def topup_refusals(locale: str, settings: Settings) -> list[tuple[str, str]]:
    """Anchor and text of every notice."""
    return [(topup_anchor(code), _reason(code, locale, settings)) for code in CODES]


def amount_rule(locale: str, settings: Settings) -> str:
    """What an amount must be."""
    return t(
        locale,
        "{least} to {most} USDT, with up to two decimal places.",
        **_limits(settings),
    )


def amount_refusal(locale: str, settings: Settings) -> str:
    """The same for somebody who wrote another one."""
    return t(
        locale,
        "Enter an amount from {least} to {most} with up to two decimal places, such as 12.50.",
        **_limits(settings),
    )


def _limits(settings: Settings) -> dict[str, str]:
    rules = settings.recharge
    return {
        "least": _plain(rules.amount_min_usdt),
        "most": _plain(rules.amount_max_usdt),
    }


def topup_anchor(code: str) -> str:
    """Name of the notice for an error code."""
    return f"refused-{code if code in CODES else 'INTERNAL'}"


def _reason(code: str, locale: str, settings: Settings) -> str:
    if code == "BAD_REQUEST":
        return amount_refusal(locale, settings)
    if code == "RATE_LIMITED":
        return t(
            locale, "You've reached the limit for now. Pay your open top-up, or try again later."
        )
    return explain(code, locale)


def _plain(amount: Decimal) -> str:
    # As the form takes it: "5.000" would be five.
    return usdt_text(micro_of(amount))
