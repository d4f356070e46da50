"""What the server writes into the pages of services and countries."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from jiema_app.domain.catalog.seed import load_categories, load_services
from jiema_app.domain.catalog.snapshot import Catalog, build_catalog
from jiema_app.domain.errors import BadCountry, BadService
from jiema_app.i18n.error_messages import MESSAGES
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.site.live_registry import LIVE_PARTS
from jiema_app.site.pages.live_parts import LivePart, MovedTo
from jiema_app.site.shop.browse.live import browse_part
from jiema_app.site.shop.categories import category_names
from jiema_app.site.shop.cautions import find_caution
from jiema_app.site.shop.countries.live import countries_part
from jiema_app.site.shop.country.live import country_part
from jiema_app.site.shop.refusals import CODES, refusal_anchor
from jiema_app.site.shop.service.live import service_part
from tests.support.shop import Shop, now
from tests.web.catalogs import HOSTILE, sold_out, warned_about, with_hostile_names

PAGES = {
    "browse": "",
    "service/[slug]": "telegram",
    "countries": "",
    "country/[slug]": "my",
}
KYC = re.compile(
    r"\bKYC\b|verif(y|ied) your identity|bypass|evade|multiple accounts", re.IGNORECASE
)


@pytest.fixture
def catalog(shop: Shop) -> Catalog:
    return shop.services.live_catalog.current


def text(part: LivePart) -> str:
    (html,) = part.slots.values()
    return html


class Balance(HTMLParser):
    """Complains about elements that are not closed, or closed twice."""

    VOID = frozenset({"img", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "path", attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_stands_in_every_language(catalog: Catalog, path: str, locale: str) -> None:
    part = LIVE_PARTS[path](catalog, locale, PAGES[path])
    html = text(part)
    assert html.count("<h1") == 1
    assert f'href="/{locale}/' in html
    assert set(re.findall(r'href="/([^/"]+)', html)) == {locale}
    assert "$" in html
    assert not KYC.search(html)
    checker = Balance()
    checker.feed(html)
    assert checker.open == []


@pytest.mark.parametrize("path", PAGES)
def test_a_shop_without_stock_says_so(catalog: Catalog, path: str) -> None:
    part = LIVE_PARTS[path](sold_out(catalog), "en", PAGES[path])
    assert "<form" not in text(part)
    assert "old out" in text(part)
    assert "from $" not in f"{part.title}{part.description}"


@pytest.mark.parametrize("path", ["browse", "countries"])
def test_a_shop_that_has_not_read_its_catalogue_yet_has_pages(path: str) -> None:
    assert "<h1" in text(LIVE_PARTS[path](build_catalog(now()), "en", ""))


@pytest.mark.parametrize("path", PAGES)
def test_names_cannot_break_out_of_the_page(catalog: Catalog, path: str) -> None:
    part = LIVE_PARTS[path](with_hostile_names(catalog), "en", PAGES[path])
    html = text(part)
    assert "<script" not in html
    assert "{{ 7 * 7 }}" in html
    assert "&#34;&gt;&lt;script&gt;alert(1)" in html
    checker = Balance()
    checker.feed(html)
    assert checker.open == []


def test_browse_lists_all_that_is_sold_and_nothing_else(catalog: Catalog) -> None:
    slugs = re.findall(r'href="/en/service/([^"?]+)"', text(browse_part(catalog, "en", "")))
    assert slugs == [service.slug for service in catalog.services]
    assert len(slugs) > 1000
    denied = {service.slug for service in load_services() if not service.is_on_sale}
    assert not denied & set(slugs)


def test_browse_can_be_searched_by_other_names(catalog: Catalog) -> None:
    html = text(browse_part(catalog, "en", ""))
    assert 'data-words="tg телеграм 电报 tlg"' in html


def test_every_category_of_a_service_has_a_link_that_filters(catalog: Catalog) -> None:
    html = text(browse_part(catalog, "en", ""))
    for category in {service.category for service in catalog.services}:
        assert f'id="{category}" href="#{category}"' in html
        assert f":has(#{category}:target)" in html


def test_categories_are_called_as_the_catalogue_calls_them() -> None:
    assert category_names("en") == {one.id: one.label for one in load_categories()}


def test_a_service_shows_where_its_numbers_come_from(catalog: Catalog) -> None:
    telegram = catalog.get_service("telegram")
    offers = [offer for offer in catalog.list_country_offers(telegram) if offer.stock]
    part = service_part(catalog, "en", "telegram")
    html = text(part)
    assert html.count('action="/api/shop/orders"') == len(offers) > 100
    malaysia = next(offer for offer in offers if offer.country.slug == "my")
    price = f"${malaysia.price_cents / 100:.2f}"
    assert f'aria-label="Buy a number for Telegram in Malaysia, {price}"' in html
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


@pytest.mark.parametrize("slug", ["paypal", "nope", "", "telegram/x", "../telegram"])
def test_what_is_not_sold_has_no_page(catalog: Catalog, slug: str) -> None:
    with pytest.raises(BadService):
        service_part(catalog, "en", slug)
    with pytest.raises(BadCountry):
        country_part(catalog, "en", slug)


@pytest.mark.parametrize(
    ("make", "spelling", "slug"),
    [
        (service_part, "tg", "telegram"),
        (service_part, "TELEGRAM", "telegram"),
        (service_part, "Telegram ", "telegram"),
        (country_part, "7", "my"),
        (country_part, "0", "ru"),
        (country_part, "MY", "my"),
    ],
)
def test_other_spellings_lead_to_the_one_address(
    catalog: Catalog, make: Callable[[Catalog, str, str], LivePart], spelling: str, slug: str
) -> None:
    with pytest.raises(MovedTo) as moved:
        make(catalog, "en", spelling)
    assert moved.value.part == slug


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("tos_strict", "may flag accounts that use temporary numbers"),
        ("exchange", "handles money"),
        ("wallet", "handles money"),
        ("real_identity", "expects a number that stays yours"),
        ("refuses_temporary", "often refuses temporary numbers"),
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
    assert [reason for reason, label in labels.items() if label == "May be flagged"] == [
        "tos_strict"
    ]


def test_related_services_are_of_its_kind_and_in_stock(catalog: Catalog) -> None:
    html = text(service_part(catalog, "en", "telegram"))
    slugs = re.findall(r'href="/en/service/([^"]+)"', html)
    assert len(slugs) == 6
    assert {catalog.get_service(slug).category for slug in slugs} == {"messaging"}
    assert all(catalog.summarise(catalog.get_service(slug)).total_count for slug in slugs)


def test_every_refusal_of_a_purchase_has_its_notice(catalog: Catalog) -> None:
    for html in (
        text(service_part(catalog, "en", "telegram")),
        text(country_part(catalog, "en", "my")),
        text(browse_part(catalog, "en", "")),
    ):
        for code in CODES:
            assert f'id="{refusal_anchor(code)}"' in html
    assert set(CODES) <= set(MESSAGES)
    assert refusal_anchor("SOMETHING_NEW") == "refused-INTERNAL"


def test_countries_can_be_searched_by_code_and_by_english_name(catalog: Catalog) -> None:
    html = text(countries_part(catalog, "en", ""))
    assert 'data-words="MY +60"' in html
    assert html.count("<li ") == len(catalog.countries)


def test_a_country_shows_what_its_numbers_can_be_used_with(catalog: Catalog) -> None:
    malaysia = catalog.get_country("my")
    offers = [offer for offer in catalog.list_service_offers(malaysia) if offer.stock]
    part = country_part(catalog, "en", "my")
    html = text(part)
    assert html.count('action="/api/shop/orders"') == len(offers)
    assert "Numbers from Malaysia begin with +60" in html
    assert "May be flagged" in html
    assert 'href="/en/service/telegram?country=my"' in html
    assert (part.title or "").startswith("Malaysia: temporary numbers for SMS codes, from $")


def test_hostile_names_stay_text_for_search_engines(catalog: Catalog) -> None:
    part = service_part(with_hostile_names(catalog), "en", "telegram")
    # The page server escapes them: here they are still what they are.
    assert HOSTILE in (part.title or "")
    assert HOSTILE in str(part.json_ld[0]["name"])
