"""What was ordered, and what has become of it: what an order's page and the list share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.orders.own_routes import FAVOURITES_MAX
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.design.artwork import flag_path, hue, letters, service_icon_path

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


def favourites_full(locale: str) -> str:
    """Why a further route is not marked."""
    return t(
        locale,
        "You've reached the limit of {n} favourites. Remove one first.",
        n=FAVOURITES_MAX,
    )
