"""Orders below each other: a line each on a wide screen, a card each on a phone."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.goods_parts import goods_country, goods_icon
from jiema_app.site.account.orders.display import OrderRow
from jiema_app.site.account.orders.state import OrdersPage
from jiema_app.site.components import classes
from jiema_app.site.components.copy_button import copy_icon
from jiema_app.site.components.countdown import countdown, local_time
from jiema_app.site.components.link import link
from jiema_app.site.components.status_badge import line_badge

LINE = (
    "relative grid min-h-20 items-center gap-x-3 gap-y-2 px-4 py-4 sm:gap-x-4 sm:px-5 "
    "grid-cols-[auto_minmax(0,1fr)_auto] "
    "lg:grid-cols-[auto_minmax(0,1.2fr)_minmax(0,1.1fr)_minmax(0,1.2fr)_minmax(0,.9fr)]"
)


def row_list() -> rx.Component:
    """The orders of this part of the list."""
    return rx.el.ul(
        rx.foreach(OrdersPage.rows, _row),
        class_name=f"{classes.CARD} divide-y divide-line",
    )


def _row(row: OrderRow) -> rx.Component:
    return rx.el.li(
        goods_icon(row.goods),
        rx.el.div(
            # The whole line leads to the order; what can be copied lies above the link.
            link(
                row.goods.service,
                href=row.href,
                # A Latin name loses its end, not its beginning, where it is cut in Arabic.
                dir="auto",
                class_name="font-semibold max-sm:line-clamp-2 sm:block sm:truncate rtl:text-right "
                "after:absolute after:inset-0 hover:text-accent",
            ),
            rx.el.p(goods_country(row.goods, 18), class_name="mt-0.5 truncate text-sm text-muted"),
            class_name="min-w-0",
        ),
        rx.el.div(
            rx.cond(row.code, _code(row), _status(row)),
            class_name="flex min-h-11 items-center justify-end lg:order-2 lg:justify-start",
        ),
        # A second line on phones, two columns of their own on wide screens.
        rx.el.div(
            rx.el.p(
                rx.el.bdi(row.phone, dir="ltr"),
                class_name="truncate tabular-nums lg:order-1",
            ),
            rx.el.p(
                rx.el.bdi(row.price, dir="ltr", class_name="font-medium tabular-nums"),
                local_time(row.ordered_at, "text-muted max-sm:text-xs"),
                class_name="flex shrink-0 items-baseline gap-x-3 lg:order-3 lg:flex-col "
                "lg:items-end",
            ),
            class_name="col-span-3 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 "
            "text-sm lg:contents",
        ),
        class_name=f"{LINE} hover:bg-sunken/50",
    )


def _status(row: OrderRow) -> rx.Component:
    return rx.el.div(
        line_badge(row),
        rx.cond(
            row.expires_at,
            countdown(row.expires_at, "text-sm text-muted"),
        ),
        class_name="flex items-center justify-end gap-x-3 gap-y-1 max-sm:flex-col max-sm:items-end",
    )


def _code(row: OrderRow) -> rx.Component:
    return rx.el.div(
        rx.el.span(t("Code"), class_name="sr-only"),
        rx.el.bdi(
            row.code_shown,
            dir="ltr",
            class_name="font-mono font-semibold sm:text-lg sm:tracking-wide",
        ),
        copy_icon(row.code, t("Copy code")),
        class_name="relative z-10 flex items-center gap-1",
    )


def rows_skeleton() -> rx.Component:
    """As tall as a few orders."""
    return rx.el.div(
        *(
            rx.el.div(
                rx.el.div(class_name=f"{classes.SKELETON} size-10"),
                rx.el.div(
                    rx.el.div(class_name=f"{classes.SKELETON} h-4 w-32"),
                    rx.el.div(class_name=f"{classes.SKELETON} mt-2 h-3 w-24"),
                ),
                rx.el.div(class_name=f"{classes.SKELETON} h-5 w-20"),
                class_name=f"{LINE} max-lg:min-h-29",
            )
            for _ in range(5)
        ),
        aria_busy="true",
        class_name=f"{classes.CARD} mt-5 divide-y divide-line",
    )
