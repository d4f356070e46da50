"""What the server writes into the page of a service."""

import re

import pytest

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.cautions import find_caution
from jiema_app.site.shop.browse.live import browse_part
from jiema_app.site.shop.service.live import service_part
from tests.support.catalogs import sold_out, text, warned_about


def test_a_service_shows_where_its_numbers_come_from(catalog: Catalog) -> None:
    telegram = catalog.get_service("telegram")
    offers = [offer for offer in catalog.list_country_offers(telegram) if offer.stock]
    part = service_part(catalog, "en", "telegram")
    html = text(part)
    # Each row's, and that of the further options.
    assert html.count('action="/api/shop/orders"') == len(offers) + 1 > 100
    assert len(re.findall(r'<option value="[a-z-]+:[0-9]+">', html)) == len(offers)
    malaysia = next(offer for offer in offers if offer.country.slug == "my")
    price = f"${malaysia.price_cents / 100:.2f}"
    assert f'aria-label="Buy a number from Malaysia for Telegram, {price}"' in html
    assert f'name="max_price_cents" value="{malaysia.price_cents}"' in html
    assert "A number for Telegram" in html
    lowest = min(offer.price_cents for offer in offers) / 100
    assert part.title == f"Telegram: a temporary number for an SMS code, from ${lowest:.2f}"
    assert f"{len(offers)} countries" in (part.description or "")


def test_a_service_describes_itself_to_search_engines(catalog: Catalog) -> None:
    part = service_part(catalog, "zh", "telegram")
    product, way = part.json_ld
    offers = [
        offer.price_cents
        for offer in catalog.list_country_offers(catalog.get_service("telegram"))
        if offer.stock
    ]
    assert product["@type"] == "Product"
    assert product["offers"] == {
        "@type": "AggregateOffer",
        "priceCurrency": "USD",
        "offerCount": len(offers),
        "availability": "https://schema.org/InStock",
        "lowPrice": f"{min(offers) / 100:.2f}",
        "highPrice": f"{max(offers) / 100:.2f}",
    }
    assert [place["item"] for place in way["itemListElement"]] == [
        "http://localhost:8000/zh",
        "http://localhost:8000/zh/browse",
        "http://localhost:8000/zh/service/telegram",
    ]


def test_what_is_sold_out_is_not_offered_to_search_engines(catalog: Catalog) -> None:
    product = service_part(sold_out(catalog), "en", "telegram").json_ld[0]
    assert product["offers"]["availability"] == "https://schema.org/OutOfStock"
    assert "lowPrice" not in product["offers"]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("tos_strict", "may flag accounts that use temporary numbers"),
        ("exchange", "handles money"),
        ("wallet", "handles money"),
        ("real_identity", "expects a number you keep"),
        ("refuses_temporary", "often rejects temporary numbers"),
        ("age_restricted", "is for adults"),
        ("adult", "is for adults"),
        (None, "may flag accounts that use temporary numbers"),
    ],
)
def test_a_warning_is_told_in_full_on_the_service_s_page(
    catalog: Catalog, reason: str | None, words: str
) -> None:
    warned = warned_about(catalog, reason)
    assert words in text(service_part(warned, "en", "telegram"))
    caution = find_caution(warned.services[0], "en")
    assert caution is not None
    assert caution.label in text(browse_part(warned, "en", ""))


def test_every_reason_of_the_catalogue_has_a_warning_of_its_own(catalog: Catalog) -> None:
    labels = {
        service.reason: caution.label
        for service in catalog.services
        if (caution := find_caution(service, "en"))
    }
    assert len(labels) == 7
    assert [reason for reason, label in labels.items() if label == "May flag accounts"] == [
        "tos_strict"
    ]


def test_related_services_are_of_its_kind_and_in_stock(catalog: Catalog) -> None:
    html = text(service_part(catalog, "en", "telegram"))
    # Who came for another number in place of theirs is led back to the page itself.
    slugs = [slug for slug in re.findall(r'href="/en/service/([^"]+)"', html) if slug != "telegram"]
    assert len(slugs) == 6
    assert {catalog.get_service(slug).category for slug in slugs} == {"messaging"}
    assert all(catalog.summarise(catalog.get_service(slug)).total_count for slug in slugs)
