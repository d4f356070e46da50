"""Rows and columns."""

from collections.abc import Iterable, Sequence
from typing import Any

import reflex as rx

from jiema_app.site.components import classes


def table(label: str, heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> rx.Component:
    """A table that scrolls sideways where it is too wide, also by the keyboard.

    Args:
        label: What it lists, for screen readers.
        heads: Above the columns.
        rows: The cells; the first of each names its row.
    """
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    *(rx.el.th(head, scope="col", class_name=classes.TABLE_HEAD) for head in heads)
                )
            ),
            rx.el.tbody(*(_row(cells) for cells in rows)),
            class_name=classes.TABLE,
        ),
        role="group",
        aria_label=label,
        tab_index=0,
        class_name=f"{classes.CARD} overflow-x-auto",
    )


def _row(cells: Sequence[Any]) -> rx.Component:
    first, *others = cells
    return rx.el.tr(
        rx.el.th(first, scope="row", class_name=f"{classes.TABLE_CELL} text-start font-medium"),
        *(rx.el.td(cell, class_name=classes.TABLE_CELL) for cell in others),
        class_name="last:[&>*]:border-b-0",
    )
