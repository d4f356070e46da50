"""Catalogues that tests of live parts make out of the real one."""

import re
from dataclasses import replace
from html import unescape

from jiema_app.domain.catalog.snapshot import Catalog, build_catalog
from jiema_app.domain.compliance.classes import ComplianceClass
from jiema_app.site.pages.live_parts import LivePart

HOSTILE = "\"><script>alert(1)</script>&amp; '{{ 7 * 7 }}"


def sold_out(catalog: Catalog) -> Catalog:
    """The same shop with empty shelves: every price is known, nothing is there."""
    empty = {
        service: {
            country: tuple(quote._replace(stock=0) for quote in quotes)
            for country, quotes in by_country.items()
        }
        for service, by_country in catalog.quotes.items()
    }
    return build_catalog(catalog.generated_at, catalog.services, catalog.countries, empty)


def with_hostile_names(catalog: Catalog) -> Catalog:
    """The first service and every country are called something that wants to be HTML."""
    first = replace(catalog.services[0], name=HOSTILE, aliases=(HOSTILE,))
    countries = [
        replace(country, names=dict.fromkeys(country.names, HOSTILE))
        for country in catalog.countries
    ]
    services = (first, *catalog.services[1:])
    return build_catalog(catalog.generated_at, services, countries, catalog.quotes)


def warned_about(catalog: Catalog, reason: str | None) -> Catalog:
    """The first service is sold with a warning."""
    first = replace(catalog.services[0], compliance=ComplianceClass.WARN, reason=reason)
    services = (first, *catalog.services[1:])
    return build_catalog(catalog.generated_at, services, catalog.countries, catalog.quotes)


def text(part: LivePart) -> str:
    """The HTML of a part with one slot."""
    (html,) = part.slots.values()
    return html


def text_of(html: str) -> str:
    """What is read, tags left out, blanks joined."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
