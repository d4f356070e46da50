"""The room that something will need, while it is fetched."""

import reflex as rx

from jiema_app.site.components import classes


def bar(size: str) -> rx.Component:
    """A line of text, or a figure, that is not known yet. Takes Tailwind's width and height."""
    return rx.el.div(class_name=f"{classes.SKELETON} {size}")


def rows(count: int, size: str) -> rx.Component:
    """Rows of a list, each as high as the real one."""
    return rx.el.div(
        *(
            rx.el.div(
                rx.el.div(bar("h-4 w-32"), bar("mt-2 h-3.5 w-44 max-w-full"), class_name="grow"),
                bar("h-4 w-16"),
                class_name=f"flex items-center gap-4 px-4 sm:px-5 {size}",
            )
            for _ in range(count)
        ),
        class_name=f"{classes.CARD} divide-y divide-line overflow-hidden",
    )
