"""Building blocks of a page's body."""

import reflex as rx


def eyebrow(text: str) -> rx.Component:
    """A few words above a heading."""
    return rx.el.p(text, class_name="text-sm font-semibold text-accent")


def heading(text: str) -> rx.Component:
    """The heading of a section."""
    return rx.el.h2(
        text,
        class_name="mt-2 max-w-2xl text-3xl font-semibold tracking-tight text-balance sm:text-4xl",
    )


def fact(value: str, label: str) -> rx.Component:
    """One figure with what it counts; the label comes first for screen readers."""
    return rx.el.div(
        rx.el.dt(label, class_name="order-2 text-sm text-muted"),
        rx.el.dd(
            rx.el.span(value, dir="ltr"),
            class_name="order-1 text-2xl font-semibold tracking-tight tabular-nums sm:text-3xl",
        ),
        class_name="flex flex-col gap-1",
    )


def card(title: str, text: str, icon_path: str) -> rx.Component:
    """A short point with a drawing."""
    return rx.el.li(
        rx.el.svg(
            rx.el.path(
                d=icon_path,
                fill="none",
                stroke="var(--accent)",
                stroke_width="1.8",
                stroke_linecap="round",
                stroke_linejoin="round",
            ),
            view_box="0 0 24 24",
            aria_hidden="true",
            class_name="size-7",
        ),
        rx.el.h3(title, class_name="mt-4 text-lg font-semibold"),
        rx.el.p(text, class_name="mt-2 leading-relaxed text-muted"),
        class_name="rounded-2xl border border-line bg-surface p-6",
    )


def step(number: int, title: str, text: str) -> rx.Component:
    """One step of a sequence."""
    return rx.el.li(
        rx.el.span(
            str(number),
            aria_hidden="true",
            class_name="grid size-9 shrink-0 place-items-center rounded-full bg-highlight "
            "font-semibold text-on-highlight tabular-nums",
        ),
        rx.el.div(
            rx.el.h3(title, class_name="text-lg font-semibold"),
            rx.el.p(text, class_name="mt-1.5 leading-relaxed text-muted"),
        ),
        class_name="flex gap-4",
    )
