"""A button that copies a text."""

from typing import Any

import reflex as rx

from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon


def copy_button(text: str | rx.Var[str], words: str, **props: Any) -> rx.Component:
    """Copies the text and says so by a tick; see ``assets/js/shop.js``.

    Args:
        text: What to copy.
        words: What the button says.
        **props: More for the button; ``class_name`` replaces its look.
    """
    attributes = {"data-copy": text, **props.pop("custom_attrs", {})}
    look = props.pop("class_name", classes.button("secondary", "small"))
    return rx.el.button(
        icon("copy", "size-4.5 group-data-copied:hidden"),
        icon("check", "hidden size-4.5 group-data-copied:block"),
        words,
        type="button",
        class_name=f"group {look}",
        custom_attrs=attributes,
        **props,
    )


def copy_icon(text: str | rx.Var[str], label: str) -> rx.Component:
    """The same as a square with a drawing."""
    return rx.el.button(
        icon("copy", "size-4.5 group-data-copied:hidden"),
        icon("check", "hidden size-4.5 text-accent group-data-copied:block"),
        type="button",
        aria_label=label,
        class_name=f"group {classes.ICON_BUTTON}",
        custom_attrs={"data-copy": text},
    )
