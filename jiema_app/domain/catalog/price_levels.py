"""How much numbers cost today: over all, by kind of service, and by country.

A route counts with the price that its next buyer pays, and only while it is in stock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, median_low

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.units import Cents, CountryId, ServiceCode


@dataclass(frozen=True, slots=True)
class PriceLevel:
    """Prices of several routes.

    Attributes:
        lowest: Of all.
        median: Half of the routes cost as much or less.
        services: How many there are.
    """

    lowest: Cents
    median: Cents
    services: int


@dataclass(frozen=True, slots=True)
class CountryLevel:
    """What a country's numbers cost.

    Attributes:
        level: Its prices.
        factor: Times the usual: the median, over its services, of the price here by the service's
            own median price over all countries. So a country is not dear because dear services
            are sold there.
    """

    level: PriceLevel
    factor: float


@dataclass(frozen=True, slots=True)
class PriceLevels:
    """What numbers cost at one moment. ``overall`` is None when nothing is in stock."""

    overall: PriceLevel | None
    categories: Mapping[str, PriceLevel]
    countries: Mapping[CountryId, CountryLevel]


def price_levels(catalog: Catalog) -> PriceLevels:
    """Read every price of the catalogue: some tens of milliseconds."""
    by_service: dict[ServiceCode, list[tuple[CountryId, Cents]]] = {}
    for service in catalog.services:
        found = [
            (country, quotes[0].price_cents)
            for country, quotes in catalog.quotes.get(service.code, {}).items()
            if country in catalog.country_summaries and quotes and quotes[0].stock
        ]
        if found:
            by_service[service.code] = found
    by_category: dict[str, list[Sequence[Cents]]] = defaultdict(list)
    by_country: dict[CountryId, list[tuple[Cents, float]]] = defaultdict(list)
    for service in catalog.services:
        offers = by_service.get(service.code)
        if offers is None:
            continue
        prices = [price for _, price in offers]
        by_category[service.category].append(prices)
        usual = median(prices)
        for country, price in offers:
            by_country[country].append((price, price / usual))
    return PriceLevels(
        overall=_level([[price for _, price in offers] for offers in by_service.values()]),
        categories={name: level for name, of in by_category.items() if (level := _level(of))},
        countries={
            country: CountryLevel(level, median(factor for _, factor in found))
            for country, found in by_country.items()
            if (level := _level([[price] for price, _ in found]))
        },
    )


def _level(by_service: Iterable[Sequence[Cents]]) -> PriceLevel | None:
    each = list(by_service)
    prices = [price for of_service in each for price in of_service]
    if not prices:
        return None
    return PriceLevel(min(prices), median_low(prices), len(each))
