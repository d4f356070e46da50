"""What has become of an order or a payment, in a word."""

import reflex as rx

from jiema_app.site.components import classes


def status_badge(words: str, mood: str, *, is_waiting: bool) -> rx.Component:
    """What has become of an order, in a word; a dot that breathes while it waits."""
    return rx.el.span(
        rx.cond(
            is_waiting,
            rx.el.span(
                class_name="size-1.5 animate-pulse rounded-full bg-current", aria_hidden="true"
            ),
        ),
        words,
        class_name=rx.match(
            mood,
            ("good", classes.badge("good")),
            ("waiting", classes.badge("waiting")),
            ("bad", classes.badge("bad")),
            classes.badge("neutral"),
        ),
    )
