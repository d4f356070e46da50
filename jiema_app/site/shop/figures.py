"""How well a route, a service or a country does, in words. The drawing is in figures.jinja."""

from typing import Final

from markupsafe import Markup

from jiema_app.domain.figures.ranking import RouteFigures
from jiema_app.i18n.formats import number, percent, short_seconds
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.pages.rendering import row_template

GOOD_FROM: Final = 0.8
FAIR_FROM: Final = 0.5
"""Shares from which a route is drawn as good, and as middling."""


def short_figures(figures: RouteFigures | None, locale: str) -> Markup:
    """The share and the usual time, for a row of a list; that too little is known, if so."""
    if figures is None:
        return row_template("shop/figures.jinja", "unknown", locale).fill()
    share = percent(locale, figures.share)
    row = row_template("shop/figures.jinja", "known", locale)
    words = share
    if figures.median_s is not None:
        words = f"{share} · {short_seconds(locale, figures.median_s)}"
    return row.fill(_mood(figures), full_figures(figures, locale), words)


def full_figures(figures: RouteFigures, locale: str) -> str:
    """The same in whole sentences, with what they rest on."""
    sample = number(locale, figures.sample)
    if figures.median_s is None or figures.p90_s is None:
        return t(
            locale, "None of {sample} numbers received a code in the last 30 days.", sample=sample
        )
    return t(
        locale,
        "{share} of {sample} numbers received a code in the last 30 days. Half of the codes "
        "arrived within {median}, nine out of ten within {p90}.",
        share=percent(locale, figures.share),
        sample=sample,
        median=short_seconds(locale, figures.median_s),
        p90=short_seconds(locale, figures.p90_s),
    )


def head_figures(figures: RouteFigures | None, locale: str) -> Markup:
    """The sentences, for the head of a page."""
    words = words_locale(locale)
    if figures is None:
        return row_template("shop/figures.jinja", "head_unknown", words).fill()
    return row_template("shop/figures.jinja", "head", words).fill(
        _mood(figures), full_figures(figures, locale)
    )


def _mood(figures: RouteFigures) -> str:
    if figures.share >= GOOD_FROM:
        return "good"
    return "fair" if figures.share >= FAIR_FROM else "poor"
