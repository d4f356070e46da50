"""What the shop's published ranges say of prices is what it sells at, beside the sandbox.

The ranges are of the usual price, the median over a service's countries; cheap corners stay.
"""

from statistics import mean, median

import pytest

from tests.support.shop import Shop

TIER_1 = (20, 80)
MESSAGING = (20, 70)
MARKETPLACES = (25, 90)

NAMED = {
    **dict.fromkeys(("google", "apple", "openai", "binance", "telegram"), TIER_1),
    **dict.fromkeys(("whatsapp", "discord", "x", "instagram"), MESSAGING),
    **dict.fromkeys(("amazon", "ebay", "mercari"), MARKETPLACES),
}
"""Cents, lowest and highest, by slug: as the published reference names them."""

KINDS = {"messaging": MESSAGING, "social": MESSAGING, "marketplace": MARKETPLACES}
"""By the shop's own category. Telegram, whose range is wider, is among the first."""

MULTIPLIERS = {"us": (1.5, 2.0), "gb": (1.5, 2.0), "ru": (1.5, 2.0),
               "id": (0.3, 0.7), "in": (0.3, 0.7), "vn": (0.3, 0.7)}  # fmt: skip

COUNTRIES_MIN = 20
"""A service of fewer countries has no usual price: all of them may be cheap ones."""


@pytest.fixture
def prices(shop: Shop) -> dict[str, dict[str, int]]:
    """Cents by service and country, over everything on sale."""
    catalog = shop.services.live_catalog.current
    return {
        service.slug: {
            offer.country.slug: offer.price_cents for offer in catalog.list_country_offers(service)
        }
        for service in catalog.services
    }


def test_what_is_named_costs_what_is_said(prices: dict[str, dict[str, int]]) -> None:
    for slug, (low, high) in NAMED.items():
        assert low <= median(prices[slug].values()) <= high, slug


def test_every_service_of_a_kind_costs_what_is_said_of_it(
    shop: Shop, prices: dict[str, dict[str, int]]
) -> None:
    judged = 0
    for service in shop.services.live_catalog.current.services:
        found = prices[service.slug].values()
        if service.category in KINDS and len(found) >= COUNTRIES_MIN:
            low, high = KINDS[service.category]
            assert low <= median(found) <= high, service.slug
            judged += 1
    assert judged >= 60


def test_countries_are_as_dear_as_is_said(prices: dict[str, dict[str, int]]) -> None:
    broad = [found for found in prices.values() if len(found) >= COUNTRIES_MIN]
    for country, (low, high) in MULTIPLIERS.items():
        shares = [found[country] / mean(found.values()) for found in broad if country in found]
        assert len(shares) >= 100
        assert low <= median(shares) <= high, country


def test_the_cheapest_thing_costs_four_cents(prices: dict[str, dict[str, int]]) -> None:
    everything = [price for found in prices.values() for price in found.values()]
    assert min(everything) == 4
    assert sum(price < 10 for price in everything) > 100
