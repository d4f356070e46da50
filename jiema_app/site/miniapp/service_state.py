"""A service and where it can be had, as the Mini App lists it."""

from dataclasses import dataclass
from typing import Final

import reflex as rx

from jiema_app.domain.catalog.folding import fold
from jiema_app.domain.catalog.snapshot import Catalog, CountryOffer, ServiceView
from jiema_app.domain.units import micro
from jiema_app.i18n.cautions import find_caution
from jiema_app.i18n.formats import money, percent
from jiema_app.i18n.translation import t, tn, words_locale
from jiema_app.site.design.artwork import flag_path, hue, letters, service_icon_path
from jiema_app.site.shop.buying import buy_label
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of

ROWS_MAX: Final = 60
"""More than anybody scrolls through; the others are found by typing."""
TEXT_MAX: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """A country in which numbers for the service are in stock."""

    slug: str = ""
    name: str = ""
    flag: str = ""
    dial_code: str = ""
    price: str = ""
    cents: int = 0
    stock: str = ""
    success: str = ""
    label: str = ""


class MiniService(rx.State):
    """The service that the address names."""

    phase: str = "loading"
    """``loading``, ``missing`` or ``shown``."""
    slug: str = ""
    name: str = ""
    icon: str = ""
    letters: str = ""
    hue: int = 0
    caution: str = ""
    rows: rx.Field[list[OfferRow]] = rx.field(default_factory=list)
    more: str = ""
    """That there are more than are listed."""
    text: str = ""
    wanted: str = ""
    """The country that the address names: it is chosen already."""

    @rx.event
    async def load(self) -> None:
        """Show the service with what it costs now."""
        self.text = ""
        self._show()

    @rx.event
    async def look_for(self, text: str) -> None:
        """Show the countries that fit what was typed."""
        self.text = text[:TEXT_MAX]
        self._show()

    def _show(self) -> None:
        catalog, locale = page_services().catalog.current, locale_of(self)
        slug = str(self.rx_router_url.path).strip("/").rpartition("/")[2]
        service = catalog.find_service(slug)
        if service is None:
            self.reset()
            self.phase = "missing"
            return
        self.slug, self.name = service.slug, service.name
        self.icon = service_icon_path(service.slug) or ""
        self.letters, self.hue = letters(service.name), hue(service.name)
        caution = find_caution(service, locale)
        self.caution = "" if caution is None else caution.text
        self.wanted = str(self.rx_router_url.query_parameters.get("country", ""))[:TEXT_MAX]
        found = _found(catalog, service, self.text, self.wanted, words_locale(locale))
        self.rows = [_row(service, offer, locale) for offer in found[:ROWS_MAX]]
        left = len(found) - len(self.rows)
        self.more = tn(locale, "and {n} more", "and {n} more", left) if left > 0 else ""
        self.phase = "shown"

    def _refuse(self, words: str) -> None:
        """Nothing here is refused by place."""


def _found(
    catalog: Catalog, service: ServiceView, text: str, wanted: str, words: str
) -> list[CountryOffer]:
    """What is in stock and fits; the country that was asked for stands first."""
    typed = fold(text)
    found = [
        offer
        for offer in catalog.list_country_offers(service)
        if offer.stock and (not typed or _fits(offer, typed, words))
    ]
    found.sort(key=lambda offer: offer.country.slug != wanted)
    return found


def _fits(offer: CountryOffer, typed: str, words: str) -> bool:
    country = offer.country
    names = (country.names[words], country.name, country.iso2, country.dial_code)
    return any(fold(name).startswith(typed) or f" {typed}" in fold(name) for name in names)


def _row(service: ServiceView, offer: CountryOffer, locale: str) -> OfferRow:
    country, figures = offer.country, offer.figures
    return OfferRow(
        slug=country.slug,
        name=country.names[words_locale(locale)],
        flag=flag_path(country.iso2),
        dial_code=country.dial_code,
        price=money(locale, micro(offer.price_cents)),
        cents=offer.price_cents,
        stock=tn(locale, "{n} number", "{n} numbers", offer.stock),
        success=t(locale, "{share} get a code", share=percent(locale, figures.share))
        if figures
        else "",
        label=buy_label(service, country, offer.price_cents, locale),
    )
