"""What a page says where there is nothing to show: why, and where to go from here."""

from typing import Any

import reflex as rx

from jiema_app.site.components.icons import icon


def message_panel(
    drawing: str, heading: rx.Component, text: Any, *actions: rx.Component, class_name: str = ""
) -> rx.Component:
    """A drawing, a heading, a sentence and what one can do, in the middle of their place.

    Args:
        drawing: Name of a drawing of ``icons.py``.
        heading: A heading element of the level that the page wants.
        text: The sentence.
        *actions: Links and buttons.
        class_name: Of the whole; its height, for example.
    """
    return rx.el.div(
        rx.el.span(
            icon(drawing, "size-6"),
            class_name="mb-4 grid size-12 place-items-center rounded-full bg-tint text-accent",
        ),
        heading,
        rx.el.p(text, class_name="mt-2 max-w-md leading-relaxed text-pretty text-muted"),
        rx.el.div(*actions, class_name="mt-6 flex flex-wrap justify-center gap-3")
        if actions
        else rx.fragment(),
        class_name=f"flex flex-col items-center justify-center px-6 py-14 text-center {class_name}",
    )
