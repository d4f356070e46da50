"""A service together with a country: what a buyer comes back for."""

from dataclasses import dataclass

from jiema_app.domain.catalog.snapshot import Catalog, CountryView, ServiceView
from jiema_app.domain.units import Cents

NAME_MAX = 130
"""Longer than the name of any route."""


@dataclass(frozen=True, slots=True)
class Route:
    """What can be bought, at what it costs now.

    Attributes:
        price_cents: None while it is sold out.
    """

    service: ServiceView
    country: CountryView
    price_cents: Cents | None

    @property
    def name(self) -> str:
        """As addresses have it: ``telegram.my``."""
        return f"{self.service.slug}.{self.country.slug}"


def find_route(catalog: Catalog, service: str, country: str | int) -> Route | None:
    """A route by any names of its parts; None when one of them is not sold."""
    found_service = catalog.find_service(service)
    found_country = catalog.find_country(country)
    if found_service is None or found_country is None:
        return None
    quotes = catalog.list_quotes(found_service.code, found_country.id)
    price = next((quote.price_cents for quote in quotes if quote.stock > 0), None)
    return Route(found_service, found_country, price)


def read_route(catalog: Catalog, name: str) -> Route | None:
    """The route of a name that came from outside."""
    service, dot, country = name.partition(".")
    if not dot or len(name) > NAME_MAX:
        return None
    return find_route(catalog, service, country)
