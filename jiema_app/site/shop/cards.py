"""Links to services and countries, as lists show them. Their HTML is in cards.jinja."""

from functools import lru_cache
from typing import Final

from markupsafe import Markup

from jiema_app.domain.catalog.snapshot import (
    CountrySummary,
    CountryView,
    ServiceSummary,
    ServiceView,
)
from jiema_app.domain.units import Cents
from jiema_app.i18n.cautions import Caution
from jiema_app.i18n.translation import words_locale
from jiema_app.site.design.artwork import flag_path, hue, letters, service_icon_path
from jiema_app.site.pages.rendering import RowTemplate, price, row_template

NOTHING: Final = Markup()
ICONS_KEPT: Final = 8_192
"""A thousand services in three sizes."""
FLAGS_KEPT: Final = 1_024


def service_card(
    summary: ServiceSummary,
    caution: Caution | None,
    locale: str,
    more: str = "",
    *,
    figures: Markup = NOTHING,
) -> Markup:
    """A link to a service: what it is, what to know before, from which price, how well it does."""
    service = summary.service
    return _macro("service_card", locale).fill(
        service.slug,
        service_icon(service, 40),
        service.name,
        _macro("remark", locale).fill(caution.label) if caution else NOTHING,
        _price(summary, locale),
        figures,
        _macro("more", locale).fill(more) if more else NOTHING,
    )


def country_card(
    summary: CountrySummary, locale: str, more: str = "", *, with_dial_code: bool = False
) -> Markup:
    """A link to a country, with the lowest price of its numbers."""
    country = summary.country
    dial_code = country.dial_code
    return _macro("country_card", locale).fill(
        country.slug,
        country_flag(country, 36),
        country.names[words_locale(locale)],
        _price(summary, locale),
        _macro("more", locale).fill(more) if more else NOTHING,
        _macro("beside_card", locale).fill(dial_code) if with_dial_code else NOTHING,
    )


def service_icon(service: ServiceView, size: int) -> Markup:
    """The drawing of a service, or its letters."""
    return _icon(service.slug, service.name, size)


def country_flag(country: CountryView, width: int) -> Markup:
    """The flag of a country."""
    return _flag(country.iso2, width)


def _macro(name: str, locale: str) -> RowTemplate:
    return row_template("shop/cards.jinja", name, locale)


def _price(summary: ServiceSummary | CountrySummary, locale: str) -> Markup:
    if not summary.total_count or summary.min_price_cents is None:
        return _sold_out(words_locale(locale))
    return _from_price(words_locale(locale), summary.min_price_cents)


@lru_cache(ICONS_KEPT)
def _from_price(words: str, cents: Cents) -> Markup:
    return _macro("from_price", words).fill(price(words, cents))


@lru_cache
def _sold_out(words: str) -> Markup:
    return _macro("sold_out", words).fill()


@lru_cache(ICONS_KEPT)
def _icon(slug: str, name: str, size: int) -> Markup:
    path = service_icon_path(slug)
    if path is None:
        return _drawing("letters_tile").fill(size, hue(name), letters(name))
    return _drawing("icon_tile").fill(path, size)


@lru_cache(FLAGS_KEPT)
def _flag(iso2: str, width: int) -> Markup:
    return _drawing("flag_at").fill(flag_path(iso2), width, width * 3 // 4)


def _drawing(name: str) -> RowTemplate:
    return row_template("components/artwork.jinja", name, "en")  # there are no words in it
