"""The form to top up with, and what one should know before.

Limits and times are settings, so the server writes them when it serves the page; and a
form that the server writes works without scripts.
"""

from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.units import MICRO_PER_USDT
from jiema_app.formats import duration, number, usdt
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
    rules = settings.recharges
    presets = [
        one for one in PRESETS if rules.amount_min_usdt <= one <= rules.amount_max_usdt
    ]
    form = render(
        "topup_form.jinja",
        locale,
        presets=presets,
        chosen=PREFERRED if PREFERRED in presets else (presets[:1] or [0])[0],
        rule=amount_rule(locale, settings),
        window=duration(words_locale(locale), rules.window_s),
        refusals=[(topup_anchor(code), _reason(code, locale, settings)) for code in CODES],
    )
    about = render(
        "topup_about.jinja",
        locale,
        window=duration(words_locale(locale), rules.window_s),
        support=settings.contact.support,
    )
    return LivePart(slots={"topup-form": form, "topup-about": about})


def amount_rule(locale: str, settings: Settings) -> str:
    """What an amount must be."""
    rules = settings.recharges
    return t(
        locale,
        "From {least} to {most} USDT, with at most two decimals.",
        least=_plain(locale, rules.amount_min_usdt),
        most=_plain(locale, rules.amount_max_usdt),
    )


def topup_anchor(code: str) -> str:
    """Name of the notice for an error code."""
    return f"refused-{code if code in CODES else 'INTERNAL'}"
