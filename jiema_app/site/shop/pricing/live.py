"""The figures of the page of prices, and its text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.catalog.price_levels import (
    CountryLevel,
    PriceLevel,
    PriceLevels,
    price_levels,
)
from jiema_app.domain.catalog.snapshot import Catalog, CountryView
from jiema_app.domain.units import Cents
from jiema_app.i18n.formats import day_and_time, decimal, iso_time
from jiema_app.i18n.long_texts import long_text
from jiema_app.i18n.translation import words_locale
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.shop.categories import category_names, category_order
from jiema_app.site.texts.reading import read
from jiema_app.site.texts.structured import web_page

COUNTRIES_SHOWN: Final = 12
"""The most popular ones."""


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A kind of service: its prices, and how long its bar is."""

    id: str
    name: str
    level: PriceLevel
    percent: int


@dataclass(frozen=True, slots=True)
class CountryRow:
    """A country: its prices, and how they compare."""

    slug: str
    name: str
    iso2: str
    level: PriceLevel
    factor: str


def pricing_part(catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the page of prices."""
    levels = price_levels(catalog)
    words = words_locale(locale)
    reading = read(long_text("pages", "pricing", locale), locale, catalog)
    html = reading.html(
        "shop/pricing/pricing.jinja",
        overall=levels.overall,
        services=sum(bool(one.total_count) for one in catalog.service_summaries.values()),
        countries=sum(bool(one.total_count) for one in catalog.country_summaries.values()),
        category_rows=_category_rows(levels, words),
        country_rows=_country_rows(levels, catalog.countries, words),
        moment=day_and_time(words, catalog.generated_at),
        iso_moment=iso_time(catalog.generated_at),
    )
    return LivePart(
        slots={"pricing": html},
        title=reading.document_title,
        description=reading.description,
        json_ld=(
            web_page(reading.text, locale, reading.description),
            breadcrumbs(locale, (reading.text.title, "pricing")),
        ),
    )


def _category_rows(levels: PriceLevels, words: str) -> list[CategoryRow]:
    names = category_names(words)
    dearest = max((level.median for level in levels.categories.values()), default=Cents(1))
    return [
        CategoryRow(id_, names[id_], level, max(1, round(100 * level.median / dearest)))
        for id_ in category_order()
        if (level := levels.categories.get(id_))
    ]


def _country_rows(
    levels: PriceLevels, countries: Sequence[CountryView], words: str
) -> list[CountryRow]:
    found: Iterable[tuple[CountryView, CountryLevel]] = (
        (country, level) for country in countries if (level := levels.countries.get(country.id))
    )
    return [
        CountryRow(
            slug=country.slug,
            name=country.names[words],
            iso2=country.iso2,
            level=each.level,
            factor=decimal(words, round(each.factor, 2)),
        )
        for country, each in list(found)[:COUNTRIES_SHOWN]
    ]
