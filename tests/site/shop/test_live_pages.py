"""What the server writes into the pages of services and countries."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from jiema_app.domain.catalog.snapshot import Catalog, build_catalog
from jiema_app.domain.errors import BadCountry, BadService
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.site.live_registry import LIVE_PARTS
from jiema_app.site.pages.live_parts import LivePart, MovedTo
from jiema_app.site.shop.country.live import country_part
from jiema_app.site.shop.service.live import service_part
from tests.support.catalogs import HOSTILE, sold_out, text, with_hostile_names
from tests.support.shop import now

PAGES = {
    "browse": "",
    "service/[slug]": "telegram",
    "countries": "",
    "country/[slug]": "my",
}
KYC = re.compile(
    r"\bKYC\b|verif(y|ied) your identity|bypass|evade|multiple accounts", re.IGNORECASE
)


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
    assert "$" in html or "USD" in html
    assert not KYC.search(html)
    checker = Balance()
    checker.feed(html)
    assert checker.open == []


@pytest.mark.parametrize("path", PAGES)
def test_a_shop_without_stock_says_so(catalog: Catalog, path: str) -> None:
    part = LIVE_PARTS[path](sold_out(catalog), "en", PAGES[path])
    assert 'action="/api/shop/orders"' not in text(part)
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


def test_hostile_names_stay_text_for_search_engines(catalog: Catalog) -> None:
    part = service_part(with_hostile_names(catalog), "en", "telegram")
    # The page server escapes them: here they are still what they are.
    assert HOSTILE in (part.title or "")
    assert HOSTILE in str(part.json_ld[0]["name"])
