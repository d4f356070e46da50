"""One service: where its numbers come from, and for how much."""

from jiema_app.domain.catalog.snapshot import Catalog, CountryOffer, ServiceSummary, ServiceView
from jiema_app.i18n.formats import duration
from jiema_app.i18n.translation import t, tn
from jiema_app.settings import get_settings
from jiema_app.site.pages.live_parts import LivePart, MovedTo
from jiema_app.site.pages.rendering import price, render
from jiema_app.site.pages.structured_data import JsonLd, breadcrumbs, product
from jiema_app.site.shop.buying import buy_label
from jiema_app.site.shop.categories import category_names
from jiema_app.site.shop.cautions import Caution, find_caution
from jiema_app.site.shop.country_names import other_names
from jiema_app.site.shop.refusals import refusal_texts

RELATED = 6


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
    window = duration(locale, settings.window_s)
    html = render(
        "shop/service/service.jinja",
        locale,
        service=service,
        category=category_names(locale).get(service.category, service.category),
        heading=t(locale, "A number for {service}", service=service.name),
        lead=_lead(service, window, locale),
        caution=find_caution(service, locale),
        texts=refusal_texts(locale),
        offers=[_row(service, offer, locale) for offer in offers],
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
        "Choose a country, enter its number at {service}, and read the code here. Most codes "
        "arrive within 30 seconds to 5 minutes; when none comes within {minutes}, the full price "
        "returns to your balance.",
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
            "Receive an SMS code of {service} on a temporary number. Sold out for the moment.",
            service=name,
        )
    return tn(
        locale,
        "Receive an SMS code of {service} on a temporary number from {n} country, from {price}. "
        "No code within {minutes}, full refund.",
        "Receive an SMS code of {service} on a temporary number from {n} countries, from {price}. "
        "No code within {minutes}, full refund.",
        summary.country_count,
        service=name,
        price=price(locale, summary.min_price_cents),
        minutes=window,
    )


def _row(service: ServiceView, offer: CountryOffer, locale: str) -> tuple[CountryOffer, str, str]:
    country = offer.country
    return (
        offer,
        other_names(country, locale),
        buy_label(service, country, offer.price_cents, locale),
    )


def _related(
    catalog: Catalog, service: ServiceView, locale: str
) -> list[tuple[ServiceSummary, Caution | None]]:
    """Others of its category that are in stock, the most popular ones."""
    others = (
        catalog.summarise(other)
        for other in catalog.services
        if other.category == service.category and other.code != service.code
    )
    stocked = [summary for summary in others if summary.total_count]
    return [(summary, find_caution(summary.service, locale)) for summary in stocked[:RELATED]]


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
        breadcrumbs(locale, (t(locale, "Browse services"), "browse"), (service.name, path)),
    )
