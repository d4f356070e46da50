"""The view of one service: countries, what they cost, how well they do."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.components import classes
from jiema_app.site.components.flag import flag_of
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.message_panel import message_panel
from jiema_app.site.components.service_icon import service_icon_of
from jiema_app.site.components.skeleton import bar
from jiema_app.site.miniapp.offers import LIST, choice
from jiema_app.site.miniapp.service_state import MiniService, OfferRow


def service_view() -> rx.Component:
    """All of it."""
    return rx.el.div(
        rx.match(
            MiniService.phase,
            ("shown", _shown()),
            ("missing", _missing()),
            rx.el.div(
                rx.el.h1(t("Loading…"), role="status", class_name="sr-only"),
                bar("h-11 w-48"),
                bar("mt-5 h-96 w-full rounded-2xl"),
                aria_busy="true",
            ),
        ),
        class_name=f"{classes.CONTENT} pt-3 pb-8",
    )


def _shown() -> rx.Component:
    look_for: Any = MiniService.look_for
    return rx.el.div(
        rx.el.div(
            service_icon_of(MiniService.icon, MiniService.letters, MiniService.hue, 44),
            rx.el.h1(
                MiniService.name,
                dir="auto",
                class_name="min-w-0 truncate text-2xl font-bold tracking-tight",
            ),
            class_name="flex items-center gap-3",
        ),
        rx.cond(
            MiniService.caution,
            rx.el.p(MiniService.caution, class_name=classes.notice("waiting")),
        ),
        rx.el.div(
            rx.el.label(t("Search countries"), html_for="mini-country", class_name="sr-only"),
            icon("search", "pointer-events-none absolute start-3.5 top-3 size-5 text-muted"),
            rx.el.input(
                id="mini-country",
                type="search",
                auto_complete="off",
                max_length=60,
                default_value=MiniService.text,
                placeholder=t("Search countries"),
                on_change=look_for.debounce(200),
                class_name=f"{classes.FIELD} ps-11",
            ),
            class_name="relative",
        ),
        rx.cond(
            MiniService.rows,
            rx.el.ul(rx.foreach(MiniService.rows, _row), class_name=LIST),
            rx.el.p(t("Nothing found"), role="status", class_name="py-8 text-center text-muted"),
        ),
        rx.cond(
            MiniService.more,
            rx.el.p(MiniService.more, class_name="text-center text-sm text-muted"),
        ),
        class_name="grid gap-4 [&>*]:min-w-0",
    )


def _row(row: OfferRow) -> rx.Component:
    return choice(
        flag_of(row.flag, 28),
        rx.el.span(
            rx.el.bdi(row.name, class_name="block truncate font-semibold"),
            rx.el.span(
                rx.el.bdi(row.dial_code, dir="ltr"),
                rx.cond(row.success, rx.el.span(row.success), rx.el.span(row.stock)),
                class_name="mt-0.5 flex flex-wrap gap-x-2 text-sm text-muted tabular-nums",
            ),
            class_name="min-w-0 grow",
        ),
        name="country",
        value=row.slug,
        label=row.label,
        service=MiniService.slug,
        country=row.slug,
        cents=row.cents,
        price=row.price,
        is_chosen=row.slug == MiniService.wanted,
    )


def _missing() -> rx.Component:
    return message_panel(
        "search",
        rx.el.h1(t("This service isn't available."), class_name="text-xl font-semibold"),
        t("Try a different search."),
        link(t("Browse services"), href=f"/{LOCALE}/browse", class_name=classes.button()),
    )
