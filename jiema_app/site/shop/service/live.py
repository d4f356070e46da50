"""One service: where its numbers come from, and for how much."""

from collections.abc import Iterable, Iterator
from typing import Final

from markupsafe import Markup

from jiema_app.domain.catalog.snapshot import Catalog, CountryOffer, ServiceSummary, ServiceView
from jiema_app.domain.figures.ranking import FAILED_TRY_CENTS
from jiema_app.i18n.cautions import find_caution
from jiema_app.i18n.formats import duration
from jiema_app.i18n.translation import t, tn, words_locale
from jiema_app.settings import get_settings
from jiema_app.site.pages.live_parts import LivePart, MovedTo
from jiema_app.site.pages.rendering import price, render, row_template
from jiema_app.site.pages.structured_data import JsonLd, breadcrumbs, product
from jiema_app.site.shop.buying import buy_label
from jiema_app.site.shop.cards import country_flag, service_card
from jiema_app.site.shop.categories import category_names
from jiema_app.site.shop.figures import head_figures, short_figures
from jiema_app.site.shop.filter_rows import fold, row_keys
from jiema_app.site.shop.more_options import more_options
from jiema_app.site.shop.profiles import service_use
from jiema_app.site.shop.refusals import refusal_texts

RELATED = 6
OPEN_ROWS: Final = 24
VALUE_STEPS: Final = 100
"""Of a cent: finer differences do not matter."""


def find_service_slug(catalog: Catalog, part: str) -> str | None:
    """Where a service's page stands, by its slug or its code in any spelling."""
    service = catalog.find_service(part)
    return None if service is None else service.slug


def service_part(catalog: Catalog, locale: str, slug: str) -> LivePart:
    """The live part of a service's page.

    Raises:
        BadService: It is unknown or not on sale.
        MovedTo: The slug is a code, or is spelled in another way.
    """
    service = catalog.get_service(slug)
    if service.slug != slug:
        raise MovedTo(service.slug)
    settings = get_settings().orders
    offers = [offer for offer in catalog.list_country_offers(service) if offer.stock]
    best_first = _best_first(offers)
    window = duration(locale, settings.window_s)
    html = render(
        "shop/service/service.jinja",
        locale,
        service=service,
        category=category_names(locale).get(service.category, service.category),
        heading=t(locale, "A number for {service}", service=service.name),
        lead=_lead(service, window, locale),
        use=service_use(service.slug, words_locale(locale)),
        figures=head_figures(catalog.figures.services.get(service.code), locale),
        caution=find_caution(service, locale),
        texts=refusal_texts(locale),
        list=fold(_rows(service, best_first, locale), OPEN_ROWS),
        failed_try=FAILED_TRY_CENTS,
        more_options=more_options(service, [offer for _, offer in best_first], locale),
        window=window,
        kept=duration(locale, settings.retention_s),
        related=_related(catalog, service, locale),
    )
    summary = catalog.summarise(service)
    description = _description(summary, window, locale)
    return LivePart(
        slots={"service": html},
        title=_title(summary, locale),
        description=description,
        json_ld=_structured(service, offers, description, locale),
    )


def _lead(service: ServiceView, window: str, locale: str) -> str:
    return t(
        locale,
        "Choose a country, enter its number on {service} and read the code here. If none "
        "arrives within {minutes}, the full price goes back to your balance.",
        service=service.name,
        minutes=window,
    )


def _title(summary: ServiceSummary, locale: str) -> str:
    name = summary.service.name
    if not summary.total_count or summary.min_price_cents is None:
        return t(locale, "{service}: a temporary number for an SMS code", service=name)
    return t(
        locale,
        "{service}: a temporary number for an SMS code, from {price}",
        service=name,
        price=price(locale, summary.min_price_cents),
    )


def _description(summary: ServiceSummary, window: str, locale: str) -> str:
    name = summary.service.name
    if not summary.total_count or summary.min_price_cents is None:
        return t(
            locale,
            "Receive an SMS code from {service} on a temporary number. Sold out for now.",
            service=name,
        )
    return tn(
        locale,
        "Receive an SMS code from {service} on a temporary number. {n} country, prices "
        "from {price}. No code within {minutes}, full refund.",
        "Receive an SMS code from {service} on a temporary number. {n} countries, prices "
        "from {price}. No code within {minutes}, full refund.",
        summary.country_count,
        service=name,
        price=price(locale, summary.min_price_cents),
        minutes=window,
    )


def _rows(
    service: ServiceView, offers: Iterable[tuple[int, CountryOffer]], locale: str
) -> Iterator[Markup]:
    row = row_template("shop/service/row.jinja", "row", locale)
    words = words_locale(locale)
    return (
        row.fill(
            row_keys(
                country.slug, rank, stock=stock, price=cents, value=round(value * VALUE_STEPS)
            ),
            country.slug,
            cents,
            country_flag(country, 32),
            country.names[words],
            country.dial_code,
            tn(locale, "{n} number", "{n} numbers", stock),
            short_figures(figures, locale),
            service.slug,
            price(locale, cents),
            buy_label(service, country, cents, locale),
        )
        for rank, (country, cents, stock, figures, value) in offers
    )


def _best_first(offers: Iterable[CountryOffer]) -> list[tuple[int, CountryOffer]]:
    """Each offer with its place in the order of popularity, the best value first."""
    return sorted(enumerate(offers), key=lambda ranked: ranked[1].value)


def _related(catalog: Catalog, service: ServiceView, locale: str) -> list[Markup]:
    """Others of its category that are in stock, the most popular ones."""
    stocked = catalog.list_stocked(service.category)[: RELATED + 1]
    others = [summary for summary in stocked if summary.service.code != service.code]
    return [
        service_card(summary, find_caution(summary.service, locale), locale)
        for summary in others[:RELATED]
    ]


def _structured(
    service: ServiceView, offers: list[CountryOffer], description: str, locale: str
) -> tuple[JsonLd, ...]:
    path = f"service/{service.slug}"
    name = t(locale, "A number for {service}", service=service.name)
    return (
        product(
            locale,
            path,
            name=name,
            description=description,
            prices=[offer.price_cents for offer in offers],
        ),
        breadcrumbs(locale, (t(locale, "Services"), "browse"), (service.name, path)),
    )
