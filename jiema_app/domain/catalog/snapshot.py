"""The catalogue as one immutable value: what is on sale, where, and for how much.

A process holds one and replaces it whole, so a request sees one consistent state and
needs no database for it. About 15 MB for 1,000 services in 200 countries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from jiema_app.domain.compliance.classes import ComplianceClass
from jiema_app.domain.errors import BadCountry, BadService
from jiema_app.domain.units import Cents, CountryId, MicroUsdt, ServiceCode


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service on sale."""

    code: ServiceCode
    slug: str
    name: str
    category: str
    popularity: int
    aliases: tuple[str, ...]
    compliance: ComplianceClass
    reason: str | None


@dataclass(frozen=True, slots=True)
class CountryView:
    """A country on sale."""

    id: CountryId
    slug: str
    iso2: str
    flag: str
    dial_code: str
    popularity: int
    names: Mapping[str, str]

    @property
    def name(self) -> str:
        """The English name."""
        return self.names["en"]


class Quote(NamedTuple):
    """One supplier's number for one pair, priced."""

    price_cents: Cents
    cost_micro: MicroUsdt
    stock: int
    supplier: str


@dataclass(frozen=True, slots=True)
class ServiceSummary:
    """A service over all countries.

    Attributes:
        min_price_cents: Cheapest price in stock, or last known when nothing is; None
            when no country ever had an offer.
        total_count: Numbers in stock over all countries.
        country_count: Countries with stock.
    """

    service: ServiceView
    min_price_cents: Cents | None
    total_count: int
    country_count: int


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything on sale at one moment.

    Attributes:
        quotes: By service code and country id: the quotes, cheapest in stock first.
        next_change_at: When prices change by plan.
    """

    generated_at: datetime
    services: tuple[ServiceView, ...]
    countries: tuple[CountryView, ...]
    quotes: Mapping[ServiceCode, Mapping[CountryId, tuple[Quote, ...]]]
    services_by_key: Mapping[str, ServiceView]
    countries_by_key: Mapping[str, CountryView]
    next_change_at: datetime | None = None

    def get_service(self, key: str) -> ServiceView:
        """A service by code or slug, in any case.

        Raises:
            BadService: It is unknown or not on sale.
        """
        service = self.services_by_key.get(key.strip().lower())
        if service is None:
            raise BadService(key)
        return service

    def get_country(self, key: str | int) -> CountryView:
        """A country by numeric id (0 is Russia) or slug, in any case.

        Raises:
            BadCountry: It is unknown or not on sale.
        """
        country = self.countries_by_key.get(str(key).strip().lower())
        if country is None:
            raise BadCountry(str(key))
        return country

    def list_quotes(self, service: ServiceCode, country: CountryId) -> tuple[Quote, ...]:
        """The quotes of a pair, cheapest in stock first; empty when never offered."""
        return self.quotes.get(service, {}).get(country, ())

    def summarise(self, service: ServiceView) -> ServiceSummary:
        """A service over all countries."""
        by_country = self.quotes.get(service.code, {})
        known: list[Cents] = []
        in_stock: list[Cents] = []
        total = 0
        for quotes in by_country.values():
            count = sum(quote.stock for quote in quotes)
            known.append(quotes[0].price_cents)
            if count:
                in_stock.append(quotes[0].price_cents)
                total += count
        return ServiceSummary(
            service=service,
            min_price_cents=min(in_stock or known, default=None),
            total_count=total,
            country_count=len(in_stock),
        )


def empty_catalog(at: datetime) -> Catalog:
    """A shop with nothing in it: what a process holds before its first load."""
    return Catalog(
        generated_at=at,
        services=(),
        countries=(),
        quotes={},
        services_by_key={},
        countries_by_key={},
    )
