"""The catalogue as one immutable value: what is on sale, where, and for how much.

A process holds one and replaces it whole, so a request sees one consistent state and
needs no database for it. About 15 MB for 1,000 services in 200 countries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from jiema_app.domain.catalog.earning_terms import FIRST_TERMS, EarningTerms
from jiema_app.domain.compliance.classes import ComplianceClass
from jiema_app.domain.errors import BadCountry, BadService
from jiema_app.domain.figures.ranking import RouteFigures, best_value, cautious_share
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
class CountrySummary:
    """A country over all services.

    Attributes:
        min_price_cents: Cheapest price in stock, or last known when nothing is; None
            when no service ever had an offer.
        total_count: Numbers in stock over all services.
        service_count: Services with stock.
    """

    country: CountryView
    min_price_cents: Cents | None
    total_count: int
    service_count: int


class CountryOffer(NamedTuple):
    """What a service costs in a country, how many numbers there are, and how well they do.

    Attributes:
        figures: None when too little is known to say.
        value: What it is ranked by: lower is better.
    """

    country: CountryView
    price_cents: Cents
    stock: int
    figures: RouteFigures | None
    value: float


class ServiceOffer(NamedTuple):
    """What a number of a country costs for a service, how many there are, and how well they do.

    Attributes:
        figures: None when too little is known to say.
        value: What it is ranked by: lower is better.
    """

    service: ServiceView
    price_cents: Cents
    stock: int
    figures: RouteFigures | None
    value: float


Quotes = Mapping[ServiceCode, Mapping[CountryId, tuple[Quote, ...]]]


@dataclass(frozen=True, slots=True)
class Figures:
    """How routes, services and countries did lately. Of what is not in it too little is known."""

    routes: Mapping[tuple[ServiceCode, CountryId], RouteFigures] = field(default_factory=dict)
    services: Mapping[ServiceCode, RouteFigures] = field(default_factory=dict)
    countries: Mapping[CountryId, RouteFigures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything on sale at one moment. Made by ``build_catalog``.

    Attributes:
        services: Most popular first.
        countries: Most popular first.
        quotes: By service code and country id: the quotes, cheapest in stock first.
        service_summaries: In the order of ``services``.
        country_summaries: In the order of ``countries``.
        next_change_at: When prices change by plan.
        earning: What inviting pays.
    """

    generated_at: datetime
    services: tuple[ServiceView, ...]
    countries: tuple[CountryView, ...]
    quotes: Quotes
    services_by_key: Mapping[str, ServiceView]
    countries_by_key: Mapping[str, CountryView]
    service_summaries: Mapping[ServiceCode, ServiceSummary]
    country_summaries: Mapping[CountryId, CountrySummary]
    figures: Figures = field(default_factory=Figures)
    next_change_at: datetime | None = None
    earning: EarningTerms = FIRST_TERMS
    # Put together when first asked for: all of them would be most of a snapshot's memory.
    _country_offers: dict[ServiceCode, tuple[CountryOffer, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _service_offers: dict[CountryId, tuple[ServiceOffer, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _stocked: dict[str, tuple[ServiceSummary, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def sells_the_same_as(self, other: "Catalog") -> bool:
        """Whether only prices and stock differ."""
        return self.services == other.services and self.countries == other.countries

    def find_service(self, key: str) -> ServiceView | None:
        """A service by code or slug, in any case; None when unknown or not on sale."""
        return self.services_by_key.get(key.strip().lower())

    def find_country(self, key: str | int) -> CountryView | None:
        """A country by numeric id (0 is Russia) or slug; None when unknown or not on sale."""
        return self.countries_by_key.get(str(key).strip().lower())

    def get_service(self, key: str) -> ServiceView:
        """A service by code or slug, in any case.

        Raises:
            BadService: It is unknown or not on sale.
        """
        service = self.find_service(key)
        if service is None:
            raise BadService(key)
        return service

    def get_country(self, key: str | int) -> CountryView:
        """A country by numeric id (0 is Russia) or slug, in any case.

        Raises:
            BadCountry: It is unknown or not on sale.
        """
        country = self.find_country(key)
        if country is None:
            raise BadCountry(str(key))
        return country

    def list_quotes(self, service: ServiceCode, country: CountryId) -> tuple[Quote, ...]:
        """The quotes of a pair, cheapest in stock first; empty when never offered."""
        return self.quotes.get(service, {}).get(country, ())

    def summarise(self, service: ServiceView) -> ServiceSummary:
        """A service over all countries."""
        return self.service_summaries[service.code]

    def list_stocked(self, category: str) -> tuple[ServiceSummary, ...]:
        """The services of a category that are in stock, most popular first."""
        found = self._stocked.get(category)
        if found is None:
            summaries = (
                self.summarise(service) for service in self.services if service.category == category
            )
            found = tuple(summary for summary in summaries if summary.total_count)
            self._stocked[category] = found
        return found

    def summarise_country(self, country: CountryView) -> CountrySummary:
        """A country over all services."""
        return self.country_summaries[country.id]

    def list_country_offers(self, service: ServiceView) -> tuple[CountryOffer, ...]:
        """Where a service was ever offered: in stock first, then by popularity of the country."""
        offers = self._country_offers.get(service.code)
        if offers is None:
            by_country = self.quotes.get(service.code, {})
            found = (
                CountryOffer(
                    country,
                    quotes[0].price_cents,
                    count_stock(quotes),
                    *self._worth(service.code, country.id, quotes[0].price_cents),
                )
                for country in self.countries
                if (quotes := by_country.get(country.id))
            )
            offers = tuple(sorted(found, key=_is_out_of_stock))
            self._country_offers[service.code] = offers
        return offers

    def list_service_offers(self, country: CountryView) -> tuple[ServiceOffer, ...]:
        """What a country was ever offered for: in stock first, then by popularity of the service."""
        offers = self._service_offers.get(country.id)
        if offers is None:
            found = (
                ServiceOffer(
                    service,
                    quotes[0].price_cents,
                    count_stock(quotes),
                    *self._worth(service.code, country.id, quotes[0].price_cents),
                )
                for service in self.services
                if (quotes := self.list_quotes(service.code, country.id))
            )
            offers = tuple(sorted(found, key=_is_out_of_stock))
            self._service_offers[country.id] = offers
        return offers

    def _worth(
        self, service: ServiceCode, country: CountryId, price: Cents
    ) -> tuple[RouteFigures | None, float]:
        figures = self.figures.routes.get((service, country))
        share = cautious_share(figures, self.figures.services.get(service))
        return figures, best_value(price, share)


def count_stock(quotes: tuple[Quote, ...]) -> int:
    """Numbers of a pair, over all suppliers."""
    return quotes[0].stock if len(quotes) == 1 else sum(quote.stock for quote in quotes)


def build_catalog(
    at: datetime,
    services: Iterable[ServiceView] = (),
    countries: Iterable[CountryView] = (),
    quotes: Quotes | None = None,
    *,
    figures: Figures | None = None,
    next_change_at: datetime | None = None,
    earning: EarningTerms = FIRST_TERMS,
) -> Catalog:
    """A catalogue with all that is worked out once for its lifetime.

    Args:
        at: When it was read.
        services: On sale, most popular first.
        countries: On sale, most popular first.
        quotes: Of these services and countries only; nothing was ever offered when left out.
        figures: How they did lately; nothing is known when left out.
        next_change_at: When prices change by plan.
        earning: What inviting pays.
    """
    services, countries, quotes = tuple(services), tuple(countries), quotes or {}
    by_service, by_country = _summarise(services, countries, quotes)
    return Catalog(
        generated_at=at,
        services=services,
        countries=countries,
        quotes=quotes,
        services_by_key={s.slug: s for s in services} | {s.code.lower(): s for s in services},
        countries_by_key={c.slug: c for c in countries} | {str(c.id): c for c in countries},
        service_summaries=by_service,
        country_summaries=by_country,
        figures=figures or Figures(),
        next_change_at=next_change_at,
        earning=earning,
    )


def _is_out_of_stock(offer: CountryOffer | ServiceOffer) -> bool:
    return offer.stock == 0


class _Tally:
    """Prices and stock of one service or country, while they are added up."""

    __slots__ = ("in_stock", "known", "pairs", "total")

    def __init__(self) -> None:
        self.known: Cents | None = None
        self.in_stock: Cents | None = None
        self.total = 0
        self.pairs = 0

    def add(self, price: Cents, stock: int) -> None:
        if stock:
            self.total += stock
            self.pairs += 1
            if self.in_stock is None or price < self.in_stock:
                self.in_stock = price
        elif self.known is None or price < self.known:
            self.known = price

    @property
    def min_price(self) -> Cents | None:
        return self.known if self.in_stock is None else self.in_stock


def _summarise(
    services: tuple[ServiceView, ...], countries: tuple[CountryView, ...], quotes: Quotes
) -> tuple[dict[ServiceCode, ServiceSummary], dict[CountryId, CountrySummary]]:
    """Both summaries in one pass: there may be a hundred thousand pairs."""
    by_country = {country.id: _Tally() for country in countries}
    by_service: dict[ServiceCode, ServiceSummary] = {}
    for service in services:
        tally = _Tally()
        for country, pair in quotes.get(service.code, {}).items():
            price, stock = pair[0].price_cents, count_stock(pair)
            tally.add(price, stock)
            by_country[country].add(price, stock)
        by_service[service.code] = ServiceSummary(
            service, tally.min_price, tally.total, tally.pairs
        )
    return by_service, {
        country.id: CountrySummary(country, tally.min_price, tally.total, tally.pairs)
        for country in countries
        for tally in [by_country[country.id]]
    }
