"""A question that has to be answered before anything else; see ``assets/js/shop.js``."""

import reflex as rx

from jiema_app.components import classes


def dialog(name: str, title: str, text: rx.Component, *buttons: rx.Component) -> rx.Component:
    """A dialog, opened by ``data-dialog-open``. The browser keeps the focus inside.

    Args:
        name: Its id.
        title: The question.
        text: What the answer brings about.
        *buttons: The answers, the harmless one first: it gets the focus.
    """
    return rx.el.dialog(
        rx.el.div(
            rx.el.h2(title, id=f"{name}-title", class_name="text-lg font-semibold"),
            text,
            rx.el.div(*buttons, class_name="mt-6 flex flex-wrap justify-end gap-3"),
            class_name="p-6",
        ),
        id=name,
        aria_labelledby=f"{name}-title",
        class_name=f"{classes.CARD} m-auto w-[calc(100%-2rem)] max-w-md p-0 text-ink shadow-2xl "
        "shadow-black/20 backdrop:bg-black/50",
    )
