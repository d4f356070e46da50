"""A field of a form with what belongs to it."""

from typing import Any

import reflex as rx

from jiema_app.site.components import classes


def field(
    identity: str, label: Any, *, hint: Any = "", problem: Any = "", **props: Any
) -> rx.Component:
    """An input with its label, a hint, and what is wrong with it.

    Args:
        identity: Its id; unique on the page.
        label: Above it.
        hint: Below it.
        problem: Below it in its place, and read out with the field.
        **props: For the input.
    """
    about = f"{identity}-about"
    return rx.el.div(
        rx.el.label(label, html_for=identity, class_name=classes.LABEL),
        rx.el.input(
            id=identity,
            class_name=classes.FIELD,
            aria_invalid=rx.cond(problem, "true", "false"),
            aria_describedby=about,
            **props,
        ),
        rx.el.div(
            rx.cond(
                problem,
                rx.el.p(problem, class_name=classes.FIELD_ERROR),
                rx.el.p(hint, class_name=classes.HINT),
            ),
            id=about,
        ),
    )
