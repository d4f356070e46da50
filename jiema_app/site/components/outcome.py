"""What became of something the visitor did, said where they did it."""

from typing import Any

import reflex as rx

from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.message_panel import message_panel


def outcome(*, problem: Any, done: Any, identity: str = "") -> rx.Component:
    """A line that stays empty until there is something to say; screen readers hear it.

    Args:
        problem: Why it was refused, or empty.
        done: That it was done, or empty.
        identity: The id by which a field refers to it (``aria-describedby``).
    """
    return rx.el.div(
        rx.cond(
            problem,
            rx.el.p(icon("warning", "size-4.5"), problem, class_name=f"{_LINE} text-danger"),
            rx.cond(
                done,
                rx.el.p(icon("check", "size-4.5"), done, class_name=f"{_LINE} text-accent"),
            ),
        ),
        id=identity or None,
        role="status",
        aria_live="polite",
    )


_LINE = "mt-2 flex items-center gap-2 text-sm font-medium"


def trouble_notice(*children: Any) -> rx.Component:
    """That a part of the page could not be shown, and what to do."""
    return rx.el.div(
        icon("warning", "size-6"),
        *children,
        role="alert",
        class_name=f"{classes.notice('bad')} flex flex-wrap items-center gap-3",
    )


def empty_state(drawing: str, title: Any, text: Any, *actions: rx.Component) -> rx.Component:
    """What stands where nothing is yet, and how to begin."""
    heading = rx.el.h2(title, class_name="text-lg font-semibold text-balance")
    return message_panel(drawing, heading, text, *actions)
