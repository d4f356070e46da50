"""What has become of an order or a payment, in a word."""

from dataclasses import dataclass

import reflex as rx

from jiema_app.site.components import classes


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLine:
    """What an order or a recharge says of itself, in a list as on its own page.

    Attributes:
        status_word: What has become of it.
        mood: How that looks: ``good``, ``waiting``, ``bad`` or ``neutral``.
        is_waiting: Whether it may change by itself at any moment.
    """

    id: str = ""
    status_word: str = ""
    mood: str = "neutral"
    is_waiting: bool = False


def line_badge(line: StatusLine) -> rx.Component:
    """What has become of something."""
    return status_badge(line.status_word, line.mood, is_waiting=line.is_waiting)


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
