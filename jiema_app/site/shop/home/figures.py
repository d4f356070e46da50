"""The shop in figures, as the catalogue counts today: a part of the home page."""

from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.units import micro
from jiema_app.i18n.formats import money, number, percent
from jiema_app.i18n.translation import (
    FIRST_STRONG_ISOLATE,
    POP_DIRECTIONAL_ISOLATE,
    t,
    tn,
)
from jiema_app.site.pages.rendering import render

AROUND: Final = f" {FIRST_STRONG_ISOLATE}{POP_DIRECTIONAL_ISOLATE}"


def figures(catalog: Catalog, locale: str) -> str:
    """The counts that browse and countries show, the lowest price, and the promise.

    Each is a text with its figure in it, so that languages can bend the words to the number.
    """
    services, countries = len(catalog.services), len(catalog.countries)
    told = [
        (number(locale, services), tn(locale, "{n} service", "{n} services", services)),
        (number(locale, countries), tn(locale, "{n} country", "{n} countries", countries)),
    ]
    prices = [
        summary.min_price_cents
        for summary in catalog.service_summaries.values()
        if summary.min_price_cents is not None and summary.total_count
    ]
    if prices:
        price = money(locale, micro(min(prices)))
        told.append((price, t(locale, "{price} lowest price per number", price=price)))
    share = percent(locale, 1)
    told.append((share, t(locale, "{share} refunded if no code arrives", share=share)))
    return render(
        "shop/home/figures.jinja",
        locale,
        figures=[(figure, _without(figure, text)) for figure, text in told],
    )


def _without(figure: str, text: str) -> str:
    """The words that stand around a figure, for it is drawn apart from them."""
    before, _, after = text.partition(figure)
    return f"{before.strip(AROUND)} {after.strip(AROUND)}".strip()
