"""The form to top up with, and what one should know before.

Limits and times are settings, so the server writes them when it serves the page; and a
form that the server writes works without scripts.
"""

from decimal import Decimal
from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.formats import duration, number
from jiema_app.fragments.live import LivePart
from jiema_app.fragments.rendering import render
from jiema_app.messages import explain
from jiema_app.settings import Settings, get_settings
from jiema_app.translation import t, words_locale

PRESETS: Final = (5, 10, 20, 50, 100, 200)
"""Amounts to choose from, in USDT."""
PREFERRED: Final = 20
"""The one that is chosen at first, when it is within the limits."""

CODES: Final = (
    "BAD_REQUEST",
    "FORBIDDEN",
    "HAS_OPEN_ORDER",
    "INTERNAL",
    "RATE_LIMITED",
    "RECHARGES_PAUSED",
)
"""What opening a recharge may be refused with."""


def topup_part(_catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the page."""
    settings = get_settings()
    rules = settings.recharge
    presets = [one for one in PRESETS if rules.amount_min_usdt <= one <= rules.amount_max_usdt]
    window = duration(words_locale(locale), rules.window_s)
    form = render(
        "topup_form.jinja",
        locale,
        presets=presets,
        chosen=PREFERRED if PREFERRED in presets else min(presets, default=0),
        rule=amount_rule(locale, settings),
        refusals=[(topup_anchor(code), _reason(code, locale, settings)) for code in CODES],
    )
    steps = render("topup_steps.jinja", locale, window=window, support=settings.contact.support)
    facts = render("topup_facts.jinja", locale)
    return LivePart(slots={"topup-form": form, "topup-steps": steps, "topup-facts": facts})


def amount_rule(locale: str, settings: Settings) -> str:
    """What an amount must be."""
    rules = settings.recharge
    return t(
        locale,
        "From {least} to {most} USDT, with at most two decimals.",
        least=_plain(locale, rules.amount_min_usdt),
        most=_plain(locale, rules.amount_max_usdt),
    )


def topup_anchor(code: str) -> str:
    """Name of the notice for an error code."""
    return f"refused-{code if code in CODES else 'INTERNAL'}"


def _reason(code: str, locale: str, settings: Settings) -> str:
    if code == "BAD_REQUEST":
        return amount_rule(locale, settings)
    if code == "RATE_LIMITED":
        return t(locale, "That is the most for now. Pay a top-up that is open, or come back later.")
    return explain(code, locale)


def _plain(locale: str, amount: Decimal) -> str:
    whole = int(amount)
    return number(locale, whole) if whole == amount else f"{amount.normalize():f}"
