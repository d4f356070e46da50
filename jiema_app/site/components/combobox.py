"""A choice among many, by typing."""

from collections.abc import Iterable

import reflex as rx

from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon


def combobox(
    identity: str,
    name: str,
    label: str,
    options: Iterable[str],
    *,
    placeholder: str = "",
    hint: str = "",
) -> rx.Component:
    """A field that offers what matches. The browser's own: keyboard, phone and screen reader.

    Args:
        identity: Its id; unique on the page.
        name: Under which a form sends it.
        label: Above it.
        options: What may be chosen.
        placeholder: In the empty field.
        hint: Below it.
    """
    hint_id = f"{identity}-hint"
    return rx.el.div(
        rx.el.label(label, html_for=identity, class_name=classes.LABEL),
        rx.el.div(
            icon("search", "pointer-events-none absolute start-3.5 top-3 size-5 text-muted"),
            rx.el.input(
                id=identity,
                name=name,
                list=f"{identity}-options",
                placeholder=placeholder,
                auto_complete="off",
                aria_describedby=hint_id if hint else None,
                class_name=f"{classes.FIELD} ps-11",
            ),
            class_name="relative",
        ),
        rx.el.datalist(
            *(rx.el.option(value=option) for option in options), id=f"{identity}-options"
        ),
        rx.el.p(hint, id=hint_id, class_name=classes.HINT) if hint else rx.fragment(),
    )
