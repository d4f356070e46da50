"""What a member buys again, above everything else on the home page."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.components import classes
from jiema_app.site.components.buy_form import buy_form
from jiema_app.site.components.flag import flag_of
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.service_icon import service_icon_of
from jiema_app.site.shop.home.state import HomeRoutes, RouteTile
from jiema_app.site.states.member_page import FAILED, GUEST, UNKNOWN

_GRID = "grid grid-cols-1 gap-2.5 sm:grid-cols-2 lg:grid-cols-3"
_TILE = f"{classes.CARD} flex min-h-18 items-center gap-2.5 p-3"


def own_routes() -> rx.Component:
    """Nothing of it is there for guests, so nothing moves for them; nor for who has no routes."""
    return rx.match(
        HomeRoutes.access,
        (GUEST, rx.fragment()),
        (FAILED, rx.fragment()),
        (UNKNOWN, rx.el.div(_section(_waiting()), aria_busy="true", class_name="member-only")),
        rx.cond(HomeRoutes.routes, _section(_routes()), rx.fragment()),
    )


def _section(content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            t("Buy again"), class_name="mb-3 text-xl font-semibold tracking-tight sm:text-2xl"
        ),
        content,
        # Also where it is empty: what is not there cannot be heard.
        rx.el.p(
            HomeRoutes.notice,
            role="status",
            class_name="mt-2 text-sm text-muted empty:hidden",
        ),
        class_name=f"{classes.CONTENT} pt-6 sm:pt-8",
    )


def _routes() -> rx.Component:
    return rx.el.ul(rx.foreach(HomeRoutes.routes, _tile), class_name=_GRID)


def _tile(route: RouteTile) -> rx.Component:
    return rx.el.li(
        service_icon_of(route.icon, route.letters, route.hue, 40),
        rx.el.div(
            link(
                route.service,
                href=route.href,
                dir="auto",
                class_name="block truncate font-semibold hover:underline rtl:text-right "
                "pointer-coarse:-my-2.5 pointer-coarse:py-2.5",
            ),
            rx.el.p(
                rx.cond(route.flag, flag_of(route.flag, 18)),
                rx.el.span(route.country, class_name="truncate"),
                class_name="mt-0.5 flex min-w-0 items-center gap-2 text-sm text-muted",
            ),
            class_name="min-w-0 grow",
        ),
        rx.el.button(
            rx.cond(
                route.is_favourite,
                icon("star", "size-5 fill-current! text-accent"),
                icon("star", "size-5"),
            ),
            type="button",
            aria_pressed=route.is_favourite,
            aria_label=route.star_label,
            on_click=HomeRoutes.star(route.name),  # type: ignore[operator]
            class_name=f"{classes.ICON_BUTTON} -mx-2",
        ),
        rx.cond(
            route.price,
            buy_form(
                route.service_slug,
                route.country_slug,
                route.cents,
                rx.el.span(t("Buy")),
                rx.el.span("·", aria_hidden="true", class_name="-mx-1"),
                rx.el.bdi(route.price, dir="ltr", class_name="tabular-nums"),
                # The service's name needs the room more.
                look=f"{classes.button()} px-3.5!",
                aria_label=route.buy_label,
            ),
            rx.el.span(t("Sold out for now"), class_name="max-w-24 text-end text-sm text-muted"),
        ),
        key=route.name,
        class_name=_TILE,
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        rx.el.div(class_name=f"{classes.SKELETON} h-18"),
        rx.el.div(class_name=f"{classes.SKELETON} h-18 max-sm:hidden"),
        rx.el.div(class_name=f"{classes.SKELETON} h-18 max-lg:hidden"),
        class_name=_GRID,
    )
