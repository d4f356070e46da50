"""What most people come for, with today's prices: parts of the home page."""

from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.fragments.cautions import find_caution
from jiema_app.fragments.rendering import render

SHOWN: Final = 12
"""Fills rows of two, three and four."""


def popular_services(catalog: Catalog, locale: str) -> str:
    """The most popular services as a list of links, each with its lowest price."""
    rows = [
        (catalog.summarise(service), find_caution(service, locale))
        for service in catalog.services[:SHOWN]
    ]
    return render("popular_services.jinja", locale, rows=rows)


def popular_countries(catalog: Catalog, locale: str) -> str:
    """The most popular countries as a list of links, each with its lowest price."""
    chosen = [catalog.summarise_country(country) for country in catalog.countries[:SHOWN]]
    return render("popular_countries.jinja", locale, summaries=chosen)
