"""What was ordered, and what has become of it: what an order's page and the list share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import phonenumbers

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.domain.outside_numbers import is_digits
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.design.artwork import flag_path, hue, letters, service_icon_path

GROUPED_MIN: Final = 6
"""Codes of so many digits, an even number, are read in two halves."""


STATUS_WORDS: Final[Mapping[OrderStatus, Callable[[str], str]]] = {
    OrderStatus.RESERVED: lambda locale: t(locale, "Placing order"),
    OrderStatus.WAITING: lambda locale: t(locale, "Waiting for a code"),
    OrderStatus.RECEIVED: lambda locale: t(locale, "Code received"),
    OrderStatus.COMPLETED: lambda locale: t(locale, "Completed"),
    OrderStatus.CANCELLED: lambda locale: t(locale, "Cancelled, refunded"),
    OrderStatus.FAILED: lambda locale: t(locale, "Failed, refunded"),
}


STATUS_MOODS: Final[Mapping[OrderStatus, str]] = {
    OrderStatus.RESERVED: "waiting",
    OrderStatus.WAITING: "waiting",
    OrderStatus.RECEIVED: "good",
    OrderStatus.COMPLETED: "good",
    OrderStatus.CANCELLED: "neutral",
    OrderStatus.FAILED: "bad",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsLine:
    """What was ordered: a service and a country, with their drawings.

    Attributes:
        icon: Address of the service's mark; empty for one that is shown by letters.
        service_slug: Empty when the service is no longer on sale.
        country_slug: Empty when the country is no longer on sale.
    """

    service: str = ""
    service_slug: str = ""
    icon: str = ""
    letters: str = ""
    hue: int = 0
    country: str = ""
    country_slug: str = ""
    flag: str = ""
    dial_code: str = ""


def status_word(order: OrderView, locale: str) -> str:
    """What has become of an order, in a word or two.

    One that ran out is CANCELLED, too, but not by its buyer: the reason tells them apart.
    """
    if order.status is OrderStatus.CANCELLED and order.reason is EndReason.EXPIRED:
        return t(locale, "Expired, refunded")
    return STATUS_WORDS[order.status](locale)


def goods_line(order: OrderView, locale: str, catalog: Catalog) -> GoodsLine:
    """Service and country of an order, by their codes when they are no longer on sale."""
    service = catalog.find_service(order.service_code)
    country = catalog.find_country(order.country_id)
    name = service.name if service else str(order.service_code).upper()
    slug = service.slug if service else ""
    language = words_locale(locale)
    return GoodsLine(
        service=name,
        service_slug=slug,
        icon=service_icon_path(slug) or "",
        letters=letters(name),
        hue=hue(name),
        country=country.names.get(language, country.name) if country else str(order.country_id),
        country_slug=country.slug if country else "",
        flag=flag_path(country.iso2) if country else "",
        dial_code=country.dial_code if country else "",
    )


def readable_phone(phone: str | None) -> str:
    """A number in the groups its country writes it in: ``+60 12-345 6789``."""
    if not phone or "*" in phone:
        return phone or ""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def readable_code(code: str) -> str:
    """A code in two halves, when it is long enough to be misread: ``482 913``."""
    if not is_digits(code) or len(code) < GROUPED_MIN or len(code) % 2:
        return code
    return f"{code[: len(code) // 2]} {code[len(code) // 2 :]}"
