"""What numbers cost, as the page of prices tells it."""

import re
from statistics import median_low

from jiema_app.domain.catalog.price_levels import price_levels
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.site.pages.rendering import price
from jiema_app.site.shop.pricing.live import pricing_part
from tests.support.catalogs import text


def _prices(catalog: Catalog) -> list[int]:
    return [
        quotes[0].price_cents
        for service in catalog.services
        for country in catalog.countries
        if (quotes := catalog.list_quotes(service.code, country.id)) and quotes[0].stock
    ]


def test_its_figures_are_those_of_the_catalogue(catalog: Catalog) -> None:
    html = text(pricing_part(catalog, "en", ""))
    found = _prices(catalog)
    for figure in (min(found), median_low(found)):
        assert f"<bdi>{price('en', figure)}</bdi>" in html


def test_levels_are_counted_by_kind_and_by_country(catalog: Catalog) -> None:
    levels = price_levels(catalog)
    assert levels.overall is not None
    assert levels.overall.services == sum(
        bool(each.total_count) for each in catalog.service_summaries.values()
    )
    for country in catalog.countries[:5]:
        own = [
            quotes[0].price_cents
            for service in catalog.services
            if (quotes := catalog.list_quotes(service.code, country.id)) and quotes[0].stock
        ]
        if own:
            assert levels.countries[country.id].level.lowest == min(own)
            assert levels.countries[country.id].level.median == median_low(own)


def test_stated_ranges_stand_beside_the_figures(catalog: Catalog) -> None:
    html = re.sub(r"<[^>]*>", " ", text(pricing_part(catalog, "en", "")))
    assert "$0.20\N{EN DASH}$0.80" in html
    assert "1.5\N{EN DASH}2 times" in html
