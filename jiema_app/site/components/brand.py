"""The name and its mark."""

import reflex as rx


def mark(class_name: str = "size-7") -> rx.Component:
    """A speech bubble that holds a code's dots."""
    return rx.el.svg(
        rx.el.path(
            d="M6 3h20a4 4 0 0 1 4 4v13a4 4 0 0 1-4 4H14l-7 6v-6H6a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4Z",
            class_name="fill-accent",
        ),
        *(
            rx.el.circle(cx=str(x), cy="13.5", r="2.3", class_name="fill-on-accent")
            for x in (9.5, 16, 22.5)
        ),
        view_box="0 0 32 32",
        aria_hidden="true",
        class_name=f"{class_name} shrink-0",
    )


def wordmark(name_look: str = "") -> rx.Component:
    """The mark with the name beside it."""
    return rx.el.span(
        mark(),
        rx.el.span(
            "jiema",
            rx.el.span(".my", class_name="text-muted"),
            class_name=f"text-lg font-semibold tracking-tight {name_look}",
        ),
        dir="ltr",
        class_name="inline-flex items-center gap-2.5",
    )
