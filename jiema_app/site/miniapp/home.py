"""The first view: what is under way, what is bought again with two taps, and the search."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.components import classes
from jiema_app.site.components.copy_button import copy_icon
from jiema_app.site.components.countdown import countdown
from jiema_app.site.components.flag import flag_of
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.service_icon import service_icon, service_icon_of
from jiema_app.site.components.skeleton import bar
from jiema_app.site.miniapp.offers import LIST, choice
from jiema_app.site.miniapp.state import IN, MiniApp
from jiema_app.site.shop.home.state import HomeRoutes, RouteTile
from jiema_app.site.states.member_page import UNKNOWN
from jiema_app.site.states.thread import ThreadLine
from jiema_app.site.states.visitor import Session

POPULAR = (
    ("telegram", "Telegram"),
    ("whatsapp", "WhatsApp"),
    ("google", "Google"),
    ("openai", "OpenAI"),
    ("instagram", "Instagram"),
    ("tiktok", "TikTok"),
)


def home_view() -> rx.Component:
    """All of it."""
    return rx.el.div(
        rx.el.h1(
            t("Which service sends the code?"),
            class_name="text-2xl font-bold tracking-tight text-balance",
        ),
        _search(),
        # All at once: a finger on its way to something must not find another thing there.
        rx.cond(
            (MiniApp.phase == IN) & (HomeRoutes.access != UNKNOWN),
            rx.fragment(_under_way(), _again(), _popular()),
            _waiting(),
        ),
        class_name=f"{classes.CONTENT} grid gap-6 pt-3 pb-8 [&>*]:min-w-0",
    )


def _search() -> rx.Component:
    return rx.el.div(
        rx.el.label(t("Search services and countries"), html_for="mini-q", class_name="sr-only"),
        icon("search", "pointer-events-none absolute start-3.5 top-3.5 size-5 text-muted"),
        rx.el.input(
            id="mini-q",
            type="search",
            auto_complete="off",
            max_length=60,
            placeholder=t("Search services and countries"),
            class_name=f"{classes.FIELD} min-h-12 ps-11",
            custom_attrs={"data-suggest": "mini-found", "enterKeyHint": "search"},
        ),
        rx.el.div(
            id="mini-found",
            hidden=True,
            custom_attrs={"suppressHydrationWarning": True},
            class_name="absolute inset-x-0 top-full z-20 mt-2 max-h-[60vh] overflow-y-auto rounded-2xl "
            "border border-line bg-surface p-1.5 shadow-xl shadow-black/10",
        ),
        class_name="relative -mt-3",
    )


def _under_way() -> rx.Component:
    return rx.cond(
        Session.thread,
        rx.el.section(
            rx.el.h2(t("In progress"), class_name=classes.SECTION_TITLE),
            rx.el.ul(rx.foreach(Session.thread, _line), class_name=f"mt-3 {LIST}"),
            rx.cond(
                Session.thread_more,
                rx.el.p(Session.thread_more, class_name="mt-2 text-sm text-muted"),
            ),
        ),
    )


def _line(line: ThreadLine) -> rx.Component:
    return rx.el.li(
        rx.cond(
            line.is_order,
            service_icon_of(line.icon, line.letters, line.hue, 36),
            rx.el.span(
                icon("wallet", "size-5.5"),
                class_name="grid size-9 shrink-0 place-items-center rounded-xl bg-sunken text-muted",
            ),
        ),
        rx.el.div(
            link(
                rx.el.bdi(line.title),
                href=line.href,
                class_name="block truncate font-semibold after:absolute after:inset-0",
            ),
            rx.el.p(
                rx.el.bdi(line.detail),
                rx.cond(line.number, rx.el.bdi(line.number, dir="ltr")),
                class_name="flex gap-2 truncate text-sm text-muted",
            ),
            class_name="min-w-0 grow",
        ),
        rx.cond(
            line.code,
            rx.el.div(
                rx.el.bdi(line.code_shown, dir="ltr", class_name="font-mono text-lg font-semibold"),
                copy_icon(line.code, t("Copy code")),
                class_name="relative z-10 flex items-center",
            ),
            rx.el.div(
                rx.el.span(line.status_word),
                rx.cond(line.expires_at, countdown(line.expires_at)),
                class_name="flex flex-col items-end text-sm text-muted",
            ),
        ),
        key=line.id,
        custom_attrs={"data-gone-at": line.gone_at},
        class_name="relative flex min-h-16 items-center gap-3 px-4 py-2.5",
    )


def _again() -> rx.Component:
    return rx.cond(
        HomeRoutes.routes,
        rx.el.section(
            rx.el.h2(t("Buy again"), class_name=classes.SECTION_TITLE),
            rx.el.ul(rx.foreach(HomeRoutes.routes, _route), class_name=f"mt-3 {LIST}"),
            rx.el.p(
                HomeRoutes.notice, role="status", class_name="mt-2 text-sm text-muted empty:hidden"
            ),
        ),
    )


def _route(route: RouteTile) -> rx.Component:
    return rx.cond(
        route.price,
        choice(
            *_goods(route),
            name="route",
            value=route.name,
            label=route.buy_label,
            service=route.service_slug,
            country=route.country_slug,
            cents=route.cents,
            price=route.price,
        ),
        rx.el.li(
            *_goods(route),
            rx.el.span(t("Sold out for now"), class_name="shrink-0 text-sm text-muted"),
            key=route.name,
            class_name="flex min-h-16 items-center gap-3 px-4 py-2.5",
        ),
    )


def _goods(route: RouteTile) -> tuple[rx.Component, ...]:
    return (
        service_icon_of(route.icon, route.letters, route.hue, 36),
        rx.el.span(
            rx.el.span(
                rx.el.bdi(route.service, class_name="truncate"),
                rx.cond(route.is_favourite, icon("star", "size-4 fill-current! text-accent")),
                class_name="flex min-w-0 items-center gap-1.5 font-semibold",
            ),
            rx.el.span(
                rx.cond(route.flag, flag_of(route.flag, 18)),
                rx.el.span(route.country, class_name="truncate"),
                class_name="mt-0.5 flex min-w-0 items-center gap-2 text-sm text-muted",
            ),
            class_name="min-w-0 grow",
        ),
    )


def _popular() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("Most popular"), class_name=classes.SECTION_TITLE),
        rx.el.ul(
            *(
                rx.el.li(
                    link(
                        service_icon(slug, name, 36),
                        rx.el.bdi(name, class_name="min-w-0 truncate font-medium"),
                        href=f"/{LOCALE}/service/{slug}",
                        class_name=f"{classes.CARD_LINK} flex min-h-14 items-center gap-3 px-3",
                    )
                )
                for slug, name in POPULAR
            ),
            class_name="mt-3 grid grid-cols-2 gap-2.5 [&>*]:min-w-0",
        ),
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        rx.el.p(t("Loading…"), role="status", class_name="sr-only"),
        bar("h-6 w-32"),
        bar("mt-3 h-33 w-full rounded-2xl"),
        bar("mt-6 h-6 w-40"),
        rx.el.div(
            *(bar("h-14 w-full rounded-2xl") for _ in POPULAR),
            class_name="mt-3 grid grid-cols-2 gap-2.5",
        ),
        aria_busy="true",
    )
