"""Movements on a balance: a table, and on a phone a list of cards."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.statement_lines import StatementPart, StatementRow
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.moment import moment

# Roles are written out: where a table is laid out otherwise, browsers forget that it is one.
_CELL = "sm:border-b sm:border-line sm:px-5 sm:py-3.5 sm:align-middle sm:group-last:border-b-0"
_HEAD = "border-b border-line px-5 py-3 text-start text-xs font-semibold text-muted"


def statement_table(
    rows: list[StatementRow], *, of_commission: rx.Var[bool] | bool = False
) -> rx.Component:
    """The table of the given lines.

    Args:
        rows: The lines.
        of_commission: Whether they are of commission, which nobody is to take for the balance.
    """
    after = rx.cond(of_commission, t("Available after"), t("Balance after"))
    caption = rx.cond(of_commission, t("Commission history"), t("Balance activity"))
    return rx.el.table(
        rx.el.caption(caption, class_name="sr-only"),
        rx.el.thead(
            rx.el.tr(
                *(
                    rx.el.th(label, scope="col", role="columnheader", class_name=f"{_HEAD} {side}")
                    for label, side in (
                        (t("Date"), ""),
                        (t("Activity"), "w-full"),
                        (t("Amount"), "text-end!"),
                        (after, "text-end! whitespace-nowrap"),
                    )
                ),
                role="row",
            ),
            role="rowgroup",
            class_name="max-sm:sr-only",
        ),
        rx.el.tbody(
            rx.foreach(rows, lambda row: _line(row, after)),
            role="rowgroup",
            class_name="max-sm:block max-sm:divide-y max-sm:divide-line",
        ),
        role="table",
        class_name="w-full border-collapse text-sm max-sm:block",
    )


def _line(row: StatementRow, after: rx.Var[str]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            moment(row.at, row.at_text),
            role="cell",
            class_name=f"{_CELL} text-muted max-sm:order-3 max-sm:grow",
        ),
        rx.el.td(
            rx.cond(
                row.parts,
                _folded(row),
                rx.el.div(row.kind, class_name="font-medium"),
            ),
            rx.cond(
                row.href,
                link(row.about, href=row.href, class_name=classes.LONE_LINK),
                rx.cond(row.about, rx.el.span(row.about, class_name="text-muted")),
            ),
            role="cell",
            # As wide as the line, but for an amount.
            class_name=f"{_CELL} max-sm:order-1 max-sm:grow max-sm:basis-[calc(100%-8rem)]",
        ),
        rx.el.td(
            rx.el.bdi(row.amount, dir="ltr"),
            role="cell",
            class_name=rx.cond(
                row.is_credit,
                f"{_CELL} text-end font-semibold whitespace-nowrap tabular-nums max-sm:order-2 "
                "text-accent",
                f"{_CELL} text-end font-semibold whitespace-nowrap tabular-nums max-sm:order-2",
            ),
        ),
        rx.el.td(
            rx.el.span(after, " ", class_name="sm:hidden"),
            rx.el.bdi(row.balance, dir="ltr"),
            role="cell",
            class_name=f"{_CELL} text-end whitespace-nowrap text-muted tabular-nums max-sm:order-4",
        ),
        role="row",
        key=row.id,
        class_name="group max-sm:flex max-sm:flex-wrap max-sm:gap-x-4 max-sm:gap-y-1.5 max-sm:px-5 "
        "max-sm:py-3.5",
    )


def _folded(row: StatementRow) -> rx.Component:
    """Several movements in the place of one: they are there for who wants to see them."""
    return rx.el.details(
        rx.el.summary(
            rx.el.span(row.kind),
            icon(
                "chevron",
                "size-4 shrink-0 text-muted transition-transform group-open/parts:rotate-180",
            ),
            class_name="inline-flex cursor-pointer list-none items-center gap-1.5 font-medium "
            "pointer-coarse:-my-3 pointer-coarse:min-h-11 [&::-webkit-details-marker]:hidden",
        ),
        rx.el.ul(
            rx.foreach(row.parts, _part),
            class_name="my-2 grid gap-2 border-s-2 border-line ps-3",
        ),
        class_name="group/parts",
    )


def _part(part: StatementPart) -> rx.Component:
    return rx.el.li(
        rx.el.span(part.kind),
        rx.el.bdi(part.amount, dir="ltr", class_name="font-semibold tabular-nums"),
        rx.el.span(
            t("Balance after"),
            " ",
            rx.el.bdi(part.balance, dir="ltr", class_name="tabular-nums"),
            class_name="text-muted",
        ),
        rx.el.span(moment(part.at, part.at_text), class_name="text-muted"),
        key=part.id,
        class_name="flex flex-wrap gap-x-3 gap-y-0.5",
    )
