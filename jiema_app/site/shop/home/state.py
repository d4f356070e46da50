"""What a member buys again, as the home page tells it."""

from collections.abc import Collection
from dataclasses import dataclass

import reflex as rx

from jiema_app.domain.catalog.routes import Route, find_route, read_route
from jiema_app.domain.identity.sessions import Visitor
from jiema_app.domain.units import micro
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.design.artwork import flag_path, hue, letters, service_icon_path
from jiema_app.site.shop.buying import buy_label
from jiema_app.site.states.goods import favourites_full
from jiema_app.site.states.member_page import MemberPage
from jiema_app.site.states.page_services import page_services
from jiema_app.site.states.visitor import locale_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTile:
    """A route to buy once more.

    Attributes:
        name: As ``Route.name``.
        price: Empty while it is sold out.
    """

    name: str = ""
    service: str = ""
    service_slug: str = ""
    country: str = ""
    country_slug: str = ""
    icon: str = ""
    letters: str = ""
    hue: int = 0
    flag: str = ""
    href: str = ""
    price: str = ""
    cents: int = 0
    buy_label: str = ""
    star_label: str = ""
    is_favourite: bool = False


class HomeRoutes(MemberPage, rx.State):
    """The routes of the member who looks at the home page."""

    routes: rx.Field[list[RouteTile]] = rx.field(default_factory=list)
    notice: str = ""

    @rx.event
    async def star(self, name: str) -> None:
        """Mark a route as a favourite, or unmark it."""
        route = read_route(page_services().catalog.current, name)
        if route is None:
            return
        key = (route.service.code, route.country.id)
        own = page_services().own_routes

        async def mark(visitor: Visitor) -> None:
            is_wanted = not await own.is_favourite(visitor.user_id, key)
            await own.mark(visitor.user_id, key, is_wanted=is_wanted)
            await self._show(visitor)

        self.notice = await self._attempt(mark, favourites_full(locale_of(self)))

    async def _show(self, visitor: Visitor) -> None:
        own, catalog = page_services().own_routes, page_services().catalog.current
        favourites = await own.list_favourites(visitor.user_id)
        recent = await own.list_recent(visitor.user_id)
        found = [
            find_route(catalog, service, country)
            for service, country in [*favourites, *(one for one in recent if one not in favourites)]
        ]
        self.routes = [
            _tile(route, locale_of(self), favourites) for route in found if route is not None
        ]

    def _refuse(self, words: str) -> None:
        self.notice = words


def _tile(route: Route, locale: str, favourites: Collection[tuple[str, int]]) -> RouteTile:
    service, country, cents = route.service, route.country, route.price_cents
    is_favourite = (service.code, country.id) in favourites
    name = country.names[words_locale(locale)]
    return RouteTile(
        name=route.name,
        service=service.name,
        service_slug=service.slug,
        country=name,
        country_slug=country.slug,
        icon=service_icon_path(service.slug) or "",
        letters=letters(service.name),
        hue=hue(service.name),
        flag=flag_path(country.iso2),
        href=f"/{locale}/service/{service.slug}?country={country.slug}",
        price="" if cents is None else money(locale, micro(cents)),
        cents=cents or 0,
        buy_label="" if cents is None else buy_label(service, country, cents, locale),
        star_label=t(locale, "Favourite: {service}, {country}", service=service.name, country=name),
        is_favourite=is_favourite,
    )
