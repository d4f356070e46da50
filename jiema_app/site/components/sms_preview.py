"""What an order looks like: a number that waits, then its code. A drawing, not data."""

import reflex as rx


def sms_preview(waiting: str, received: str, message: str, refund: str) -> rx.Component:
    """Draw an order with a code in it.

    Args:
        waiting: Label above the number.
        received: Label of the message.
        message: Words of the SMS in front of its code.
        refund: The promise below.
    """
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.p(waiting, class_name="text-xs font-medium text-muted"),
                    rx.el.p(
                        "+60 12-345 6789",
                        dir="ltr",
                        class_name="mt-1 text-xl font-semibold tracking-tight tabular-nums "
                        "sm:text-2xl",
                    ),
                ),
                _ring(),
                class_name="flex items-center justify-between gap-6",
            ),
            rx.el.div(
                rx.el.p(
                    received,
                    class_name="text-xs font-semibold uppercase tracking-wider text-accent",
                ),
                rx.el.p(
                    message,
                    rx.el.span(
                        rx.el.span("482 913", dir="ltr", class_name="inline-block"),
                        class_name="mt-2 block font-mono text-3xl font-bold tracking-[0.12em] "
                        "text-ink sm:text-4xl",
                    ),
                    class_name="mt-2 text-sm text-muted",
                ),
                class_name="mt-6 rounded-2xl rounded-es-md bg-tint p-5",
            ),
            rx.el.p(
                _tick(),
                refund,
                class_name="mt-5 flex items-center gap-2 text-sm text-muted",
            ),
            class_name="relative rounded-3xl border border-line bg-surface p-6 shadow-2xl "
            "shadow-black/10 sm:p-8",
        ),
        rx.el.div(
            class_name="absolute -bottom-4 -end-4 -z-10 size-40 rounded-3xl bg-glow",
        ),
        aria_hidden="true",
        class_name="relative isolate mx-auto w-full max-w-md",
    )


def _ring() -> rx.Component:
    return rx.el.div(
        rx.el.svg(
            rx.el.circle(
                cx="22", cy="22", r="19", fill="none", stroke="var(--line)", stroke_width="4"
            ),
            rx.el.circle(
                cx="22",
                cy="22",
                r="19",
                fill="none",
                stroke="var(--accent)",
                stroke_width="4",
                stroke_linecap="round",
                stroke_dasharray="88 120",
                transform="rotate(-90 22 22)",
            ),
            view_box="0 0 44 44",
            class_name="size-16",
        ),
        rx.el.span(
            "14:32",
            dir="ltr",
            class_name="absolute inset-0 grid place-items-center text-xs font-semibold tabular-nums",
        ),
        class_name="relative shrink-0",
    )


def _tick() -> rx.Component:
    return rx.el.svg(
        rx.el.path(
            d="M4 10.5l4 4 8-9",
            fill="none",
            stroke="var(--accent)",
            stroke_width="2.4",
            stroke_linecap="round",
            stroke_linejoin="round",
        ),
        view_box="0 0 20 20",
        class_name="size-5 shrink-0",
    )
