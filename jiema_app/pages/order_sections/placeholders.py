"""What stands in place of an order: until it is there, or when there is none to show."""

import reflex as rx

from jiema_app.components import classes
from jiema_app.components.link import link
from jiema_app.components.message_panel import message_panel
from jiema_app.translation import t


def guest_panel(locale: str, class_name: str = "") -> rx.Component:
    """For whoever is not signed in."""
    return _panel(
        "user",
        t(locale, "Sign in to see this order"),
        t(locale, "An order, its number and its code are shown only to whoever bought it."),
        link(
            t(locale, "Sign in"),
            href=f"/{locale}/login",
            class_name=classes.button(),
            custom_attrs={"data-sign-in": ""},
        ),
        class_name,
    )


def missing_panel(locale: str) -> rx.Component:
    """The same words for an order that never was and for somebody else's."""
    return _panel(
        "search",
        t(locale, "There is no such order"),
        t(locale, "It does not exist, or it belongs to another account."),
        link(
            t(locale, "All orders"),
            href=f"/{locale}/orders",
            class_name=classes.button("secondary"),
        ),
    )


def _panel(
    drawing: str, title: str, text: str, way_on: rx.Component, class_name: str = ""
) -> rx.Component:
    heading = rx.el.h1(title, class_name="text-2xl font-bold tracking-tight text-balance")
    return message_panel(drawing, heading, text, way_on, class_name=f"min-h-[30rem] {class_name}")


def skeleton(locale: str) -> rx.Component:
    """Grey shapes where the parts of an order will stand, as large as they will be."""
    return rx.el.div(
        # A page has a heading at any moment; what was ordered is not known yet.
        rx.el.div(rx.el.h1(t(locale, "Loading the order")), role="status", class_name="sr-only"),
        rx.el.div(
            rx.el.div(
                _bar("size-13 rounded-2xl"),
                rx.el.div(_bar("h-6 w-40"), _bar("mt-2 h-4 w-28"), class_name="grow"),
                class_name="mt-3 flex min-h-14 items-center gap-4",
            ),
            rx.el.div(
                rx.el.div(
                    rx.el.div(
                        rx.el.div(
                            _bar("h-4 w-28"), _bar("mt-2 h-8 w-56 max-w-full"), class_name="grow"
                        ),
                        _bar("h-11 w-40 max-sm:w-full"),
                        class_name=f"{classes.CARD} flex min-h-26 flex-wrap items-center "
                        "justify-between gap-x-6 gap-y-4 rounded-b-none p-5 sm:p-6",
                    ),
                    rx.el.div(
                        _bar("size-24 shrink-0 rounded-full"),
                        rx.el.div(
                            _bar("h-5 w-44 max-w-full"),
                            _bar("mt-3 h-4 w-64 max-w-full"),
                            class_name="min-w-0 grow",
                        ),
                        class_name="flex min-h-56 items-center gap-5 rounded-2xl rounded-t-none "
                        "border border-t-0 border-line bg-surface p-5 sm:min-h-54 sm:gap-6 sm:p-6",
                    ),
                    rx.el.div(
                        _bar("h-11 w-56 max-sm:grow"),
                        _bar("h-11 w-40 max-sm:grow"),
                        class_name="mt-4 flex flex-wrap gap-3",
                    ),
                    class_name="min-w-0",
                ),
                rx.el.div(
                    rx.el.div(class_name=f"{classes.CARD} h-40"),
                    rx.el.div(class_name=f"{classes.CARD} h-36"),
                    rx.el.div(class_name=f"{classes.CARD} h-16"),
                    class_name="grid gap-6",
                ),
                class_name="mt-6 grid items-start gap-6 "
                "lg:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)]",
            ),
            aria_busy="true",
        ),
        class_name="member-only",
    )


def _bar(class_name: str) -> rx.Component:
    return rx.el.div(class_name=f"{classes.SKELETON} {class_name}")
