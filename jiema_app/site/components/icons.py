"""Line drawings of 24 by 24, drawn with the colour of the text around them."""

from typing import Final

import reflex as rx

PATHS: Final = {
    "search": "M11 4a7 7 0 1 0 0 14a7 7 0 1 0 0-14z M20 20l-4-4",
    "filter": "M4 6h16 M7 12h10 M10 18h4",
    "menu": "M4 7h16 M4 12h16 M4 17h16",
    "close": "M6 6l12 12 M18 6L6 18",
    "globe": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18z M3 12h18 "
    "M12 3c3 3 3 15 0 18 M12 3c-3 3-3 15 0 18",
    "sun": "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8z M12 2v3 M12 19v3 M2 12h3 M19 12h3 "
    "M5 5l2 2 M17 17l2 2 M19 5l-2 2 M7 17l-2 2",
    "screen": "M4 5h16v11H4z M8 20h8 M12 16v4",
    "moon": "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z",
    "copy": "M9 9h11v11H9z M5 15H4V4h11v1",
    "check": "M5 13l5 5L20 7",
    "arrow": "M5 12h14 M13 6l6 6-6 6",
    "chevron": "M6 9l6 6 6-6",
    "bell": "M6 16V11a6 6 0 0 1 12 0v5l2 2H4z M10 21h4",
    "wallet": "M4 7h15a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1h11 "
    "M16 13h.01",
    "key": "M14 10a4 4 0 1 0-4 4 M12.8 12.8L21 21 M17 17l2-2",
    "clock": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18z M12 7v5l3 2",
    "shield": "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z M9 12l2 2 4-4",
    "refund": "M4 9h11a5 5 0 0 1 0 10H8 M4 9l4-4 M4 9l4 4",
    "message": "M4 5h16v11H9l-5 4z",
    "user": "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8z M4 20c1-4 4-6 8-6s7 2 8 6",
    "list": "M8 6h12 M8 12h12 M8 18h12 M4 6h.01 M4 12h.01 M4 18h.01",
    "warning": "M12 4l9 16H3z M12 10v4 M12 17h.01",
    "code": "M8 7l-5 5 5 5 M16 7l5 5-5 5",
    "sign-out": "M15 5H5v14h10 M10 12h11 M18 9l3 3-3 3",
    "external": "M14 4h6v6 M20 4l-9 9 M18 14v6H4V6h6",
    "plus": "M12 5v14 M5 12h14",
    "share": "M12 15V4 M8 8l4-4 4 4 M6 12H5v8h14v-8h-1",
    "star": "M12 4l2.5 5.2 5.5.8-4 4 1 5.6-5-2.7-5 2.7 1-5.6-4-4 5.5-.8z",
    "download": "M12 4v11 M7 11l5 5 5-5 M5 20h14",
}


def icon(name: str, class_name: str = "size-5") -> rx.Component:
    """A drawing that says nothing to a screen reader: words stand beside it."""
    return rx.el.svg(
        rx.el.path(d=PATHS[name]),
        view_box="0 0 24 24",
        aria_hidden="true",
        class_name="shrink-0 fill-none stroke-current stroke-[1.8] [stroke-linecap:round] "
        f"[stroke-linejoin:round] {class_name}",
    )
