"""One country: which services its numbers can be used with, and for how much."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from markupsafe import Markup

from jiema_app.domain.catalog.snapshot import (
    Catalog,
    CountrySummary,
    CountryView,
    ServiceOffer,
    ServiceView,
)
from jiema_app.i18n.cautions import find_caution
from jiema_app.i18n.formats import duration
from jiema_app.i18n.translation import t, tn, words_locale
from jiema_app.settings import get_settings
from jiema_app.site.pages.live_parts import LivePart, MovedTo
from jiema_app.site.pages.rendering import price, render, row_template
from jiema_app.site.pages.structured_data import breadcrumbs, product
from jiema_app.site.shop.buying import buy_label
from jiema_app.site.shop.cards import country_card, service_icon
from jiema_app.site.shop.figures import head_figures, short_figures
from jiema_app.site.shop.filter_rows import row_keys
from jiema_app.site.shop.profiles import country_profile
from jiema_app.site.shop.refusals import refusal_texts
from jiema_app.site.shop.sections import sections_of

OTHERS = 6
OPEN_ROWS: Final = 6
"""In the first sections; of the others only what they are called is in sight."""


def find_country_slug(catalog: Catalog, part: str) -> str | None:
    """Where a country's page stands, by its slug or its id in any spelling."""
    country = catalog.find_country(part)
    return None if country is None else country.slug


def country_part(catalog: Catalog, locale: str, slug: str) -> LivePart:
    """The live part of a country's page.

    Raises:
        BadCountry: It is unknown or not on sale.
        MovedTo: The slug is an id, or is spelled in another way.
    """
    country = catalog.get_country(slug)
    if country.slug != slug:
        raise MovedTo(country.slug)
    settings = get_settings().orders
    offers = [offer for offer in catalog.list_service_offers(country) if offer.stock]
    summary = catalog.summarise_country(country)
    name = country.names[words_locale(locale)]
    heading = t(locale, "A number from {country}", country=name)
    html = render(
        "shop/country/country.jinja",
        locale,
        country=country,
        heading=heading,
        lead=_lead(summary, name, locale),
        profile=country_profile(country.slug, words_locale(locale)),
        figures=head_figures(catalog.figures.countries.get(country.id), locale),
        texts=refusal_texts(locale),
        sections=sections_of(_rows(country, offers, locale), locale, first=OPEN_ROWS, others=0),
        total=len(offers),
        others=_others(catalog, country, locale),
        window=duration(locale, settings.window_s),
        kept=duration(locale, settings.retention_s),
    )
    description = _description(summary, name, locale)
    path = f"country/{country.slug}"
    return LivePart(
        slots={"country": html},
        title=_title(summary, name, locale),
        description=description,
        json_ld=(
            product(
                locale,
                path,
                name=heading,
                description=description,
                prices=[offer.price_cents for offer in offers],
            ),
            breadcrumbs(locale, (t(locale, "Countries"), "countries"), (name, path)),
        ),
    )


def _rows(
    country: CountryView, offers: list[ServiceOffer], locale: str
) -> Iterator[tuple[str, Markup]]:
    row = row_template("shop/country/row.jinja", "row", locale)
    return (
        (
            service.category,
            row.fill(
                row_keys(service.slug, rank, stock=stock, price=cents, category=service.category),
                service.slug,
                cents,
                service_icon(service, 36),
                country.slug,
                service.name,
                tn(locale, "{n} number", "{n} numbers", stock),
                short_figures(figures, locale),
                _remark(service, locale),
                price(locale, cents),
                buy_label(service, country, cents, locale),
            ),
        )
        for rank, (service, cents, stock, figures, _) in enumerate(offers)
    )


def _remark(service: ServiceView, locale: str) -> Markup:
    caution = find_caution(service, locale)
    if caution is None:
        return Markup()
    return row_template("shop/country/row.jinja", "remark", locale).fill(caution.label)


def _others(catalog: Catalog, country: CountryView, locale: str) -> list[Markup]:
    """Other countries that have numbers, the most popular ones."""
    summaries = (
        catalog.summarise_country(other) for other in catalog.countries if other is not country
    )
    stocked = (summary for summary in summaries if summary.total_count)
    return [country_card(summary, locale) for summary in islice(stocked, OTHERS)]


def _lead(summary: CountrySummary, name: str, locale: str) -> str:
    return tn(
        locale,
        "Numbers from {country} start with {dial_code}. You can use them with {n} service "
        "right now. If no code arrives, the full price goes back to your balance.",
        "Numbers from {country} start with {dial_code}. You can use them with {n} "
        "services right now. If no code arrives, the full price goes back to your balance.",
        summary.service_count,
        country=name,
        dial_code=summary.country.dial_code,
    )


def _title(summary: CountrySummary, name: str, locale: str) -> str:
    if not summary.total_count or summary.min_price_cents is None:
        return t(locale, "{country}: temporary numbers for SMS codes", country=name)
    return t(
        locale,
        "{country}: temporary numbers for SMS codes, from {price}",
        country=name,
        price=price(locale, summary.min_price_cents),
    )


def _description(summary: CountrySummary, name: str, locale: str) -> str:
    if not summary.total_count or summary.min_price_cents is None:
        return t(
            locale,
            "Temporary phone numbers from {country} for SMS codes. Sold out for now.",
            country=name,
        )
    return tn(
        locale,
        "Temporary phone numbers from {country} ({dial_code}) for SMS codes from {n} "
        "service. Prices from {price}. No code within {minutes}, full refund.",
        "Temporary phone numbers from {country} ({dial_code}) for SMS codes from {n} "
        "services. Prices from {price}. No code within {minutes}, full refund.",
        summary.service_count,
        country=name,
        dial_code=summary.country.dial_code,
        price=price(locale, summary.min_price_cents),
        minutes=duration(locale, get_settings().orders.window_s),
    )
