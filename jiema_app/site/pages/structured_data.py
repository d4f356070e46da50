"""Structured data for search engines, as schema.org names things."""

from collections.abc import Mapping, Sequence
from typing import Any

from jiema_app.domain.units import Cents
from jiema_app.settings import get_settings
from jiema_app.site.pages.shared_pictures import picture_url

JsonLd = Mapping[str, Any]

CONTEXT = "https://schema.org"


def url_of(locale: str, path: str) -> str:
    """Full address of a page of ours."""
    return f"{get_settings().origin}/{locale}/{path}".rstrip("/")


def breadcrumbs(locale: str, *places: tuple[str, str]) -> JsonLd:
    """The way from the home page to a page.

    Args:
        locale: The page's.
        places: Name and path of each page on the way, the page itself at the end.
    """
    way = [("jiema.my", ""), *places]
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url_of(locale, path)}
            for position, (name, path) in enumerate(way, start=1)
        ],
    }


def product(
    locale: str, path: str, *, name: str, description: str, prices: Sequence[Cents]
) -> JsonLd:
    """Something that is sold at several prices.

    Args:
        locale: The page's.
        path: The page's.
        name: What it is.
        description: A sentence.
        prices: Those in stock; none when it is sold out.
    """
    offers: dict[str, Any] = {
        "@type": "AggregateOffer",
        "priceCurrency": "USD",
        "offerCount": len(prices),
        "availability": f"{CONTEXT}/{'InStock' if prices else 'OutOfStock'}",
    }
    if prices:
        offers |= {"lowPrice": _dollars(min(prices)), "highPrice": _dollars(max(prices))}
    return {
        "@context": CONTEXT,
        "@type": "Product",
        "name": name,
        "description": description,
        "url": url_of(locale, path),
        "image": picture_url(locale, path),
        "offers": offers,
    }


def _dollars(price: Cents) -> str:
    return f"{price // 100}.{price % 100:02}"
