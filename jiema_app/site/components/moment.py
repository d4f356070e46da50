"""Moments in time, which the browser shows in its own zone."""

from typing import Any

import reflex as rx


def moment(iso: Any, text: Any) -> rx.Component:
    """A moment.

    Args:
        iso: For programs, as ``formats.iso_time`` writes it.
        text: In UTC; shown until the browser has worked out the visitor's own time.
    """
    return rx.el.time(
        text,
        date_time=iso,
        custom_attrs={"data-local": ""},
        class_name="whitespace-nowrap tabular-nums",
    )
