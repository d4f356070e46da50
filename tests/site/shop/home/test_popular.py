"""The popular services and countries of the home page."""

import re
from dataclasses import replace

import pytest

from jiema_app.domain.catalog.snapshot import build_catalog
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.site.shop.home.popular import popular_countries, popular_services
from tests.support.shop import Shop, now


def test_an_empty_shop_shows_nothing() -> None:
    empty = build_catalog(now())
    assert "<li" not in popular_services(empty, "en")
    assert "<li" not in popular_countries(empty, "en")


async def test_what_most_people_come_for_stands_first_with_its_price(shop: Shop) -> None:
    catalog = shop.services.live_catalog.current
    html = popular_services(catalog, "en")
    slugs = re.findall(r'href="/en/service/([^"]+)"', html)
    assert slugs[:5] == ["telegram", "openai", "whatsapp", "google", "apple"]
    assert len(slugs) == 12
    cheapest = catalog.summarise(catalog.get_service("telegram")).min_price_cents
    assert cheapest is not None
    assert f"from ${cheapest / 100:.2f}" in html
    assert "May flag accounts" in html


async def test_countries_stand_in_the_order_of_demand(shop: Shop) -> None:
    html = popular_countries(shop.services.live_catalog.current, "en")
    slugs = re.findall(r'href="/en/country/([^"]+)"', html)
    assert slugs[:10] == ["ru", "ua", "id", "ph", "vn", "us", "gb", "my", "sg", "kz"]
    assert html.count("from $") == len(slugs) == 12


@pytest.mark.parametrize("locale", LOCALES)
async def test_every_language_has_its_own_links(shop: Shop, locale: str) -> None:
    catalog = shop.services.live_catalog.current
    assert f'href="/{locale}/service/telegram"' in popular_services(catalog, locale)
    assert f'href="/{locale}/country/my"' in popular_countries(catalog, locale)


async def test_a_name_cannot_break_out_of_the_page(shop: Shop) -> None:
    catalog = shop.services.live_catalog.current
    hostile = replace(catalog.services[0], name='<script>alert("1")</script>')
    poisoned = build_catalog(now(), [hostile], catalog.countries, catalog.quotes)
    html = popular_services(poisoned, "en")
    assert "<script" not in html
    assert "&lt;script&gt;" in html


async def test_what_is_sold_out_says_so(shop: Shop) -> None:
    catalog = shop.services.live_catalog.current
    sold_out = build_catalog(now(), catalog.services[:1], catalog.countries)
    assert "Sold out for now" in popular_services(sold_out, "en")
