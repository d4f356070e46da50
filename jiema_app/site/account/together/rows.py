"""Each number with its code: a line on a wide screen, a card on a phone."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.goods_parts import goods_country, goods_icon
from jiema_app.site.account.together.display import TogetherRow
from jiema_app.site.account.together.state import TogetherPage
from jiema_app.site.components import classes
from jiema_app.site.components.copy_button import copy_icon
from jiema_app.site.components.countdown import countdown
from jiema_app.site.components.link import link
from jiema_app.site.components.skeleton import bar
from jiema_app.site.components.status_badge import line_badge

LINE = (
    "relative grid min-h-20 items-center gap-x-4 gap-y-2 px-4 py-3.5 sm:px-5 "
    "grid-cols-[auto_minmax(0,1fr)] sm:grid-cols-[auto_minmax(0,1fr)_auto]"
)


def row_list() -> rx.Component:
    """The numbers in the order they were asked for."""
    return rx.el.ol(
        rx.foreach(TogetherPage.rows, _row),
        class_name=f"{classes.CARD} divide-y divide-line",
    )


def _row(row: TogetherRow) -> rx.Component:
    return rx.el.li(
        goods_icon(row.goods),
        rx.el.div(
            rx.el.div(
                # The whole line leads to the order; what can be copied lies above the link.
                link(
                    rx.el.bdi(row.phone, dir="ltr"),
                    href=row.href,
                    class_name="text-lg font-semibold tracking-tight whitespace-nowrap "
                    "tabular-nums after:absolute after:inset-0 hover:text-accent",
                ),
                rx.cond(
                    row.phone_copied,
                    rx.el.span(
                        copy_icon(row.phone_copied, t("Copy number")), class_name="relative z-10"
                    ),
                ),
                class_name="-my-2 flex min-h-11 items-center gap-1",
            ),
            rx.el.p(
                rx.el.bdi(row.goods.service, class_name="truncate"),
                rx.el.span("·", aria_hidden="true"),
                goods_country(row.goods, 16),
                class_name="flex min-w-0 items-center gap-1.5 text-sm text-muted",
            ),
            class_name="min-w-0",
        ),
        rx.el.div(
            rx.cond(row.code, _code(row), line_badge(row)),
            rx.cond(row.expires_at, countdown(row.expires_at, "text-sm text-muted")),
            class_name="flex min-h-11 items-center gap-x-3 max-sm:col-start-2 "
            "sm:flex-col sm:items-end sm:justify-center sm:gap-y-1",
        ),
        class_name=f"{LINE} hover:bg-sunken/50",
    )


def _code(row: TogetherRow) -> rx.Component:
    return rx.el.div(
        rx.el.bdi(row.code_shown, class_name="font-mono text-xl font-bold tracking-wide"),
        copy_icon(row.code, t("Copy code")),
        class_name="relative z-10 -me-3 flex items-center gap-1 max-sm:-my-1",
    )


def rows_skeleton() -> rx.Component:
    """As tall as a few of them."""
    return rx.el.div(
        *(
            rx.el.div(
                bar("size-10"),
                rx.el.div(bar("h-5 w-44 max-w-full"), bar("mt-2 h-3.5 w-32")),
                bar("h-6 w-24 max-sm:col-start-2"),
                class_name=f"{LINE} max-sm:min-h-31",
            )
            for _ in range(3)
        ),
        class_name=f"{classes.CARD} divide-y divide-line",
    )
