"""The room that a member's own part will need."""

import reflex as rx

from jiema_app.site.components import skeleton as grey


def skeleton() -> rx.Component:
    """Grey shapes of its size."""
    return rx.el.div(
        rx.el.div(
            grey.bar("h-[25.5rem] rounded-2xl! sm:h-52"),
            grey.bar("h-52 rounded-2xl! sm:h-40"),
            class_name="grid gap-5",
        ),
        grey.bar("h-96 rounded-2xl!"),
        grey.bar("h-80 rounded-2xl! lg:col-span-2"),
        grey.bar("h-80 rounded-2xl!"),
        grey.bar("h-80 rounded-2xl!"),
        class_name="mt-6 grid gap-5 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)]",
    )
