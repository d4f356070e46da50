"""What the lines come to."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.statement.state import StatementState
from jiema_app.site.components import classes


def sums() -> rx.Component:
    """Money in, out and the difference, of all lines that the filter lets through."""
    shown: Any = StatementState.sums
    return rx.el.section(
        rx.el.h2(
            rx.cond(StatementState.is_filtered, t("Sums of this filter"), t("Sums")),
            class_name="sr-only",
        ),
        rx.el.dl(
            _sum(t("Money in"), shown.money_in),
            _sum(t("Money out"), shown.money_out),
            _sum(t("Difference"), shown.net),
            class_name="grid grid-cols-3 gap-4 max-sm:grid-cols-1 max-sm:gap-2",
        ),
        rx.el.p(shown.lines, class_name="mt-3 text-sm text-muted"),
        rx.cond(shown.since, rx.el.p(shown.since, class_name="mt-1 text-sm text-warning")),
        class_name=f"{classes.CARD} mb-5 p-5",
    )


def _sum(label: str, amount: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-sm text-muted"),
        rx.el.dd(
            rx.el.bdi(amount, dir="ltr"),
            class_name="text-lg font-semibold tabular-nums",
        ),
        class_name="min-w-0 max-sm:flex max-sm:items-baseline max-sm:justify-between",
    )
