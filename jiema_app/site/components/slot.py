"""Places in a built page where the server writes what it knows only when it serves.

React neither compares nor touches what stands inside an element whose inner HTML was
given as a string. So the server may replace that string in the finished document, and
the page keeps the text: no second drawing, no flash, and nothing needs JavaScript.
"""

from collections.abc import Callable
from typing import Any

import reflex as rx


def slot_marker(name: str) -> str:
    """What stands in a built page where the fragment ``name`` belongs."""
    return f"<!--slot:{name}-->"


def slot(name: str, element: Callable[..., rx.Component] = rx.el.div, **props: Any) -> rx.Component:
    """An element that the server fills with the fragment ``name``."""
    return element(
        custom_attrs={
            "dangerouslySetInnerHTML": {"__html": slot_marker(name)},
            "suppressHydrationWarning": True,
        },
        **props,
    )
