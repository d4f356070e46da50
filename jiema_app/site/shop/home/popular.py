"""What most people come for, with today's prices: parts of the home page."""

from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.cautions import find_caution
from jiema_app.site.pages.rendering import render
from jiema_app.site.shop.cards import country_card, service_card

SHOWN: Final = 12
"""Fills rows of two, three and four."""


def popular_services(catalog: Catalog, locale: str) -> str:
    """The most popular services as a list of links, each with its lowest price."""
    cards = [
        service_card(catalog.summarise(service), find_caution(service, locale), locale)
        for service in catalog.services[:SHOWN]
    ]
    return render("shop/home/popular_services.jinja", locale, cards=cards)


def popular_countries(catalog: Catalog, locale: str) -> str:
    """The most popular countries as a list of links, each with its lowest price."""
    cards = [
        country_card(catalog.summarise_country(country), locale)
        for country in catalog.countries[:SHOWN]
    ]
    return render("shop/home/popular_countries.jinja", locale, cards=cards)
