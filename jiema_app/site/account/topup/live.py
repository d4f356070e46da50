"""The form to top up with, and what one should know before.

Limits and times are settings, so the server writes them when it serves the page; and a
form that the server writes works without scripts.
"""

from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.formats import duration
from jiema_app.i18n.translation import words_locale
from jiema_app.settings import get_settings
from jiema_app.site.account.topup.refusals import amount_rule, topup_refusals
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import render

PRESETS: Final = (5, 10, 20, 50, 100, 200)
"""Amounts to choose from, in USDT."""
PREFERRED: Final = 20
"""The one that is chosen at first, when it is within the limits."""


def topup_part(_catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the page."""
    settings = get_settings()
    rules = settings.recharge
    presets = [one for one in PRESETS if rules.amount_min_usdt <= one <= rules.amount_max_usdt]
    window = duration(words_locale(locale), rules.window_s)
    form = render(
        "account/topup/form.jinja",
        locale,
        presets=presets,
        chosen=PREFERRED if PREFERRED in presets else min(presets, default=0),
        rule=amount_rule(locale, settings),
        refusals=topup_refusals(locale, settings),
    )
    steps = render(
        "account/topup/steps.jinja", locale, window=window, support=settings.contact.support
    )
    facts = render("account/topup/facts.jinja", locale)
    return LivePart(slots={"topup-form": form, "topup-steps": steps, "topup-facts": facts})
