"""What search engines take out of a page, by a library that they could use."""

import json
from collections.abc import Mapping
from typing import Any

import extruct
import pytest

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.serving.page_heads import Head, head_html
from jiema_app.site.live_registry import LIVE_PARTS
from tests.support.shop import Shop

PAGES = {
    "": ("", {"Organization", "WebSite", "FAQPage"}),
    "service/[slug]": ("telegram", {"Product", "BreadcrumbList"}),
    "country/[slug]": ("my", {"Product", "BreadcrumbList"}),
    "[text]": ("faq", {"FAQPage", "BreadcrumbList"}),
    "blog/[article]": ("how-refunds-work", {"BlogPosting", "BreadcrumbList"}),
    "pricing": ("", {"WebPage", "BreadcrumbList"}),
}


@pytest.fixture
def catalog(shop: Shop) -> Catalog:
    return shop.services.live_catalog.current


def taken_out(catalog: Catalog, locale: str, path: str, part: str) -> list[Mapping[str, Any]]:
    live = LIVE_PARTS[path](catalog, locale, part)
    head = Head(
        origin="https://shop.example", locale=locale, path=path, title=live.title or "Title",
        description=live.description or "Description", locales=("en", locale), json_ld=live.json_ld,
    )  # fmt: skip
    html = f"<html><head>{head_html(head)}</head><body></body></html>"
    found: list[Mapping[str, Any]] = extruct.extract(html, syntaxes=["json-ld"])["json-ld"]
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(list(live.json_ld)))
    return found


@pytest.mark.parametrize("locale", ["en", "ar", "ja"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_what_it_is(catalog: Catalog, locale: str, path: str) -> None:
    part, kinds = PAGES[path]
    found = {each["@type"]: each for each in taken_out(catalog, locale, path, part)}
    assert set(found) == kinds
    if "Product" in found:
        offers = found["Product"]["offers"]
        assert offers["priceCurrency"] == "USD"
        assert float(offers["lowPrice"]) <= float(offers["highPrice"])
        assert found["Product"]["image"].endswith(".png")
    if "WebSite" in found:
        target = found["WebSite"]["potentialAction"]["target"]["urlTemplate"]
        assert "{search_term_string}" in target
    if "BreadcrumbList" in found:
        items = found["BreadcrumbList"]["itemListElement"]
        assert [item["position"] for item in items] == list(range(1, len(items) + 1))
        assert all(item["name"] and item["item"].startswith("http") for item in items)
    if "BlogPosting" in found:
        assert {"headline", "datePublished", "dateModified", "image", "author"} <= set(
            found["BlogPosting"]
        )
    if "FAQPage" in found:
        assert all(q["acceptedAnswer"]["text"] for q in found["FAQPage"]["mainEntity"])
