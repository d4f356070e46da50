"""What a catalogue works out once for its lifetime: summaries and lists of offers."""

from dataclasses import replace
from datetime import UTC, datetime

from jiema_app.domain.catalog.snapshot import (
    Catalog,
    CountryView,
    Quote,
    ServiceView,
    build_catalog,
)
from jiema_app.domain.compliance.classes import ComplianceClass
from jiema_app.domain.units import Cents, CountryId, MicroUsdt, ServiceCode

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def service(code: str, popularity: int) -> ServiceView:
    return ServiceView(
        ServiceCode(code), f"{code}-slug", code, "x", popularity, (), ComplianceClass.ALLOWED, None
    )


def country(number: int, slug: str) -> CountryView:
    return CountryView(CountryId(number), slug, slug, "", "", number, {"en": slug})


def quote(cents: int, stock: int, supplier: str = "one") -> Quote:
    return Quote(Cents(cents), MicroUsdt(1), stock, supplier)


TELEGRAM, WHATSAPP, UBER = service("tg", 1), service("wa", 2), service("ub", 3)
RUSSIA, INDIA, CHINA, MALAYSIA = (
    country(0, "ru"), country(1, "in"), country(3, "cn"), country(7, "my")
)  # fmt: skip


def catalog() -> Catalog:
    return build_catalog(
        NOON,
        [TELEGRAM, WHATSAPP, UBER],
        [RUSSIA, INDIA, CHINA, MALAYSIA],
        {
            TELEGRAM.code: {
                MALAYSIA.id: (quote(40, 5), quote(45, 2, "two")),
                INDIA.id: (quote(10, 0),),
                RUSSIA.id: (quote(60, 1),),
            },
            WHATSAPP.code: {INDIA.id: (quote(30, 0), quote(20, 0, "two"))},
        },
    )


def test_a_service_costs_its_cheapest_number_in_stock() -> None:
    summary = catalog().summarise(TELEGRAM)
    assert (summary.min_price_cents, summary.total_count, summary.country_count) == (40, 8, 2)


def test_a_service_out_of_stock_shows_its_last_price() -> None:
    summary = catalog().summarise(WHATSAPP)
    assert (summary.min_price_cents, summary.total_count, summary.country_count) == (30, 0, 0)


def test_a_service_that_was_never_offered_has_no_price() -> None:
    summary = catalog().summarise(UBER)
    assert (summary.min_price_cents, summary.total_count, summary.country_count) == (None, 0, 0)


def test_a_country_is_summed_up_over_all_services() -> None:
    known = catalog()
    found = {
        place.slug: (one.min_price_cents, one.total_count, one.service_count)
        for place, one in ((one.country, one) for one in known.country_summaries.values())
    }
    assert found == {"ru": (60, 1, 1), "in": (10, 0, 0), "cn": (None, 0, 0), "my": (40, 7, 1)}
    assert known.summarise_country(MALAYSIA).country is MALAYSIA


def test_the_countries_of_a_service_come_in_stock_first_then_by_popularity() -> None:
    offers = tuple(offer[:3] for offer in catalog().list_country_offers(TELEGRAM))
    assert offers == ((RUSSIA, 60, 1), (MALAYSIA, 40, 7), (INDIA, 10, 0))
    assert catalog().list_country_offers(UBER) == ()


def test_the_services_of_a_country_come_in_stock_first_then_by_popularity() -> None:
    offers = tuple(offer[:3] for offer in catalog().list_service_offers(INDIA))
    assert offers == ((TELEGRAM, 10, 0), (WHATSAPP, 30, 0))
    assert catalog().list_service_offers(CHINA) == ()


def test_offers_are_put_together_once_for_a_catalogue_and_not_taken_into_the_next() -> None:
    known = catalog()
    assert known.list_country_offers(TELEGRAM) is known.list_country_offers(TELEGRAM)
    assert known.list_service_offers(INDIA) is known.list_service_offers(INDIA)
    sold_out = replace(known, quotes={})
    assert sold_out.list_country_offers(TELEGRAM) == ()


def test_what_is_not_on_sale_is_not_found() -> None:
    known = catalog()
    assert known.find_service(" TG ") is TELEGRAM
    assert known.find_country(0) is RUSSIA
    assert known.find_service("zz") is None
    assert known.find_country("atlantis") is None
