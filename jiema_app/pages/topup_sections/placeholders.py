"""What stands in place of a recharge: until it is there, or when there is none to show."""

import reflex as rx

from jiema_app.components import classes
from jiema_app.components.link import link
from jiema_app.components.message_panel import message_panel
from jiema_app.components.skeleton import bar
from jiema_app.translation import t


def guest_panel(locale: str, class_name: str = "") -> rx.Component:
    """For whoever is not signed in."""
    return _panel(
        "user",
        t(locale, "Sign in to see this top-up"),
        t(locale, "A top-up and its address are shown only to whoever opened it."),
        link(
            t(locale, "Sign in"),
            href=f"/{locale}/login",
            class_name=classes.button(),
            custom_attrs={"data-sign-in": ""},
        ),
        class_name,
    )


def missing_panel(locale: str) -> rx.Component:
    """The same words for a recharge that never was and for somebody else's."""
    return _panel(
        "search",
        t(locale, "There is no such top-up"),
        t(locale, "It does not exist, or it belongs to another account."),
        link(
            t(locale, "All top-ups"),
            href=f"/{locale}/account/topup",
            class_name=classes.button("secondary"),
        ),
    )


def _panel(
    drawing: str, title: str, text: str, way_on: rx.Component, class_name: str = ""
) -> rx.Component:
    heading = rx.el.h1(title, class_name="text-2xl font-bold tracking-tight text-balance")
    return message_panel(drawing, heading, text, way_on, class_name=f"min-h-[30rem] {class_name}")


def skeleton(locale: str) -> rx.Component:
    """Grey shapes where the parts of an open recharge will stand."""
    return rx.el.div(
        rx.el.h1(t(locale, "Loading the top-up"), class_name="sr-only"),
        rx.el.div(
            rx.el.div(
                bar("h-7 w-56 max-w-full"),
                bar("h-5 w-32 rounded-full!"),
                class_name="mt-3 flex min-h-14 flex-wrap items-center justify-between gap-4",
            ),
            rx.el.div(
                rx.el.div(
                    rx.el.div(
                        bar("h-6 w-48"),
                        rx.el.div(
                            rx.el.div(
                                bar("h-4 w-24"),
                                bar("mt-3 h-9 w-52 max-w-full"),
                                bar("mt-7 h-4 w-32"),
                                bar("mt-3 h-6 w-full"),
                                bar("mt-4 h-11 w-full rounded-xl!"),
                                class_name="min-w-0",
                            ),
                            bar("mx-auto size-48 rounded-xl! sm:size-44"),
                            class_name="mt-6 grid items-center gap-6 "
                            "sm:grid-cols-[minmax(0,1fr)_auto] sm:gap-8",
                        ),
                        class_name=f"{classes.CARD} min-h-[25rem] p-5 sm:p-6",
                    ),
                    rx.el.div(
                        bar("h-11 w-32 max-sm:grow"),
                        bar("h-11 w-28 max-sm:grow"),
                        class_name="flex gap-3",
                    ),
                    class_name="grid min-w-0 gap-4",
                ),
                rx.el.div(
                    rx.el.div(class_name=f"{classes.CARD} h-32"),
                    rx.el.div(class_name=f"{classes.CARD} h-80"),
                    class_name="grid gap-6",
                ),
                class_name="mt-4 grid items-start gap-6 "
                "lg:grid-cols-[minmax(0,1.9fr)_minmax(0,1fr)]",
            ),
            aria_hidden="true",
        ),
        class_name="member-only",
    )
