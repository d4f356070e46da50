"""Time that is left, counted down in the browser; see ``assets/js/clock.js``."""

import reflex as rx

from jiema_app.i18n.page_texts import t

TIME_LEFT = t("{time} left", time="%")
"""Words around the figures, which the script puts in place of the ``%``."""


def countdown(until: int | rx.Var[int], class_name: str = "", *, words: str = "") -> rx.Component:
    """Minutes and seconds until a moment.

    Args:
        until: Unix seconds by the server's clock.
        class_name: How the figures look.
        words: What stands around them, with a ``%`` in their place.
    """
    # Without children: what the script writes is not for React to compare.
    return rx.el.span(
        # Figures alone read from left to right everywhere; a sentence as its language does.
        **({} if words else {"dir": "ltr"}),
        role="timer",
        aria_live="off",
        class_name=f"tabular-nums {class_name}",
        custom_attrs={"data-countdown": until, **({"data-words": words} if words else {})},
    )


def countdown_ring(until: int | rx.Var[int], whole: int | rx.Var[int]) -> rx.Component:
    """A ring that empties as the time passes.

    Args:
        until: Unix seconds by the server's clock.
        whole: Seconds of a full ring.
    """
    circle = "fill-none stroke-[4]"
    return rx.el.div(
        rx.el.svg(
            rx.el.circle(cx="32", cy="32", r="29", class_name=f"{circle} stroke-line"),
            rx.el.circle(
                cx="32",
                cy="32",
                r="29",
                class_name=f"{circle} stroke-accent [stroke-linecap:round] "
                "[stroke-dasharray:100px] [stroke-dashoffset:calc((1_-_var(--left,1))*100px)] "
                "origin-center -rotate-90 transition-[stroke-dashoffset] duration-500 ease-linear",
                custom_attrs={"pathLength": "100"},
            ),
            view_box="0 0 64 64",
            aria_hidden="true",
            class_name="size-24",
        ),
        rx.el.span(
            dir="ltr",
            role="timer",
            aria_live="off",
            class_name="absolute inset-0 grid place-items-center text-lg font-semibold "
            "tabular-nums",
            custom_attrs={"data-countdown": until, "data-whole": whole},
        ),
        class_name="relative shrink-0",
        custom_attrs={"data-ring": ""},
    )


def local_time(
    at: str | rx.Var[str], class_name: str = "", *, only_time: bool = False
) -> rx.Component:
    """A moment in the visitor's own zone and language.

    Args:
        at: The moment, as ``iso_time`` writes it.
        class_name: How it looks.
        only_time: Leave out the date.
    """
    return rx.el.time(
        date_time=at,
        class_name=f"tabular-nums {class_name}",
        custom_attrs={"data-local": "time" if only_time else ""},
    )
