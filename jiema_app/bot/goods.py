"""What is sold, as labels and lines of the chat."""

from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog, CountryView
from jiema_app.domain.figures.ranking import RouteFigures
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.units import Cents, micro
from jiema_app.i18n.formats import money, percent, short_seconds
from jiema_app.i18n.translation import t, words_locale

PARTED_BY: Final = " · "


def country_name(country: CountryView, locale: str) -> str:
    """As the language calls it."""
    return country.names.get(words_locale(locale), country.name)


def flagged(country: CountryView, locale: str) -> str:
    """With its flag."""
    return f"{country.flag} {country_name(country, locale)}"


def price_of(locale: str, cents: Cents) -> str:
    """What a number costs."""
    return money(locale, micro(cents))


def goods_of(order: OrderView, catalog: Catalog, locale: str) -> tuple[str, str]:
    """Service and country of an order, by their codes when they are no longer on sale."""
    service = catalog.find_service(order.service_code)
    country = catalog.find_country(order.country_id)
    return (
        service.name if service else str(order.service_code).upper(),
        flagged(country, locale) if country else str(order.country_id),
    )


def route_label(parts: tuple[str, ...]) -> str:
    """Parts of a label, one after the other."""
    return PARTED_BY.join(part for part in parts if part)


def short_figures(figures: RouteFigures | None, locale: str) -> str:
    """How many numbers received a code, for a label; empty when too little is known."""
    return "" if figures is None else percent(locale, figures.share)


def figures_line(figures: RouteFigures | None, locale: str) -> str | None:
    """How a route did lately, in a sentence; None when too little is known."""
    if figures is None:
        return None
    share = percent(locale, figures.share)
    if figures.median_s is None:
        return t(locale, "Codes received here lately: {share}.", share=share)
    return t(
        locale,
        "Codes received here lately: {share}, half of them within {time}.",
        share=share,
        time=short_seconds(locale, figures.median_s),
    )
