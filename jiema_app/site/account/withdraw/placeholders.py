"""The room that the page will need."""

import reflex as rx

from jiema_app.site.components import skeleton


def placeholders() -> rx.Component:
    """Grey shapes of its size."""
    return rx.fragment(
        rx.el.div(
            skeleton.bar("h-[31rem] rounded-2xl!"),
            rx.el.div(
                skeleton.bar("h-40 rounded-2xl!"),
                skeleton.bar("h-80 rounded-2xl!"),
                class_name="grid gap-4",
            ),
            class_name="grid items-start gap-x-6 gap-y-8 lg:grid-cols-[1.6fr_1fr]",
        ),
        rx.el.div(skeleton.rows(3, "h-18"), class_name="mt-12 pt-11"),
    )
