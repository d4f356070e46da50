"""What is known of a thing, line by line."""

from typing import Any

import reflex as rx

from jiema_app.site.components import classes
from jiema_app.site.components.copy_button import copy_icon


def facts(*lines: rx.Component) -> rx.Component:
    """A card of facts."""
    return rx.el.dl(*lines, class_name=f"{classes.CARD} grid gap-3 p-5 text-sm [&>*]:min-w-0")


def fact(label: str, value: rx.Component) -> rx.Component:
    """What it is, and how much or when."""
    return rx.el.div(
        rx.el.dt(label, class_name="text-muted"),
        rx.el.dd(value, class_name="font-medium tabular-nums"),
        class_name="flex min-h-5 items-center justify-between gap-4",
    )


def copied_fact(label: str, text: Any, copy: str, shown: Any = None) -> rx.Component:
    """One that programs read, with a button that copies it.

    Args:
        label: What it is.
        text: What is copied.
        copy: What the button does.
        shown: What stands there, where that is shorter.
    """
    return rx.el.div(
        rx.el.dt(label, class_name="shrink-0 text-muted"),
        rx.el.dd(
            rx.el.bdi(
                text if shown is None else shown,
                dir="ltr",
                custom_attrs={"translate": "no"},
                class_name="min-w-0 truncate font-mono text-xs",
            ),
            copy_icon(text, copy),
            class_name="-my-2 -me-3 flex min-w-0 items-center",
        ),
        class_name="flex items-center justify-between gap-4",
    )
