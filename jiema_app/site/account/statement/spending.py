"""What was spent, by month and service: bars that are a table to who cannot see them."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.statement.display import Month, Share
from jiema_app.site.account.statement.state import StatementState
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon


def spending() -> rx.Component:
    """The chart, folded away; nothing where nothing was spent."""
    return rx.cond(
        StatementState.months,
        rx.el.details(
            rx.el.summary(
                rx.el.span(t("Spending by service and month")),
                icon(
                    "chevron",
                    "ms-auto size-5 text-muted transition-transform group-open:rotate-180",
                ),
                class_name="flex min-h-13 cursor-pointer list-none items-center gap-3 rounded-2xl "
                "px-5 py-2 font-semibold [&::-webkit-details-marker]:hidden",
            ),
            rx.el.div(
                rx.el.p(
                    t(
                        "Orders less refunds, for up to a year. An order counts from when it is "
                        "placed until it is refunded."
                    ),
                    class_name="text-sm text-muted",
                ),
                _legend(),
                _chart(),
                class_name="px-5 pb-5",
            ),
            class_name=f"group mb-5 {classes.CARD}",
        ),
    )


def _legend() -> rx.Component:
    return rx.el.ul(
        rx.foreach(StatementState.services, _legend_entry),
        aria_label=t("Services"),
        class_name="mt-4 flex flex-wrap gap-x-5 gap-y-2 text-sm",
    )


def _legend_entry(share: Share) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            aria_hidden="true",
            style={"background": share.colour},
            class_name="size-3 shrink-0 rounded-sm",
        ),
        rx.el.bdi(share.name),
        rx.el.bdi(share.amount, dir="ltr", class_name="text-muted tabular-nums"),
        key=share.name,
        class_name="flex items-center gap-2",
    )


def _chart() -> rx.Component:
    return rx.el.table(
        rx.el.caption(t("Spending by service and month"), class_name="sr-only"),
        rx.el.thead(
            rx.el.tr(
                *(
                    rx.el.th(label, scope="col", role="columnheader")
                    for label in (t("Month"), t("Services"), t("Total"))
                ),
                role="row",
            ),
            role="rowgroup",
            class_name="sr-only",
        ),
        rx.el.tbody(rx.foreach(StatementState.months, _month), role="rowgroup"),
        role="table",
        class_name="mt-4 w-full border-collapse text-sm",
    )


def _month(month: Month) -> rx.Component:
    shares: Any = month.shares
    return rx.el.tr(
        rx.el.th(
            month.name,
            scope="row",
            role="rowheader",
            class_name="w-px py-1.5 pe-4 text-start font-medium whitespace-nowrap text-muted",
        ),
        rx.el.td(
            rx.el.ul(
                rx.foreach(shares.to(list[Share]), _share),
                role="list",
                class_name="flex h-6 w-full gap-px overflow-hidden rounded-md",
            ),
            role="cell",
            class_name="py-1.5",
        ),
        rx.el.td(
            rx.el.bdi(month.total, dir="ltr"),
            role="cell",
            class_name="w-px py-1.5 ps-4 text-end font-semibold whitespace-nowrap tabular-nums",
        ),
        key=month.name,
        role="row",
    )


def _share(share: Share) -> rx.Component:
    return rx.el.li(
        rx.el.span(share.name, " ", share.amount, class_name="sr-only"),
        title=f"{share.name} {share.amount}",
        style={"inlineSize": share.width, "background": share.colour},
        key=share.name,
        class_name="shrink-0",
    )
