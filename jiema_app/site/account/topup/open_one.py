"""The way to the top-up that is open: a second one cannot be."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.topup.state import TopUpState
from jiema_app.site.components import classes
from jiema_app.site.components.countdown import TIME_LEFT, countdown
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link


def open_one() -> rx.Component:
    """In place of the form, and as tall."""
    return rx.cond(
        TopUpState.open_href,
        rx.el.section(
            rx.el.span(
                icon("clock", "size-6"),
                class_name="grid size-12 place-items-center rounded-full bg-tint text-accent",
            ),
            rx.el.h2(
                t("You have an open top-up"),
                class_name="mt-4 text-xl font-semibold tracking-tight",
            ),
            rx.el.p(
                rx.el.bdi(TopUpState.open_amount, dir="ltr", class_name="font-semibold text-ink"),
                " · ",
                countdown(TopUpState.open_until, words=TIME_LEFT),
                class_name="mt-2 text-muted",
            ),
            rx.el.p(
                t("Pay or cancel it before you open another one."),
                class_name="mt-1 max-w-sm text-muted text-pretty",
            ),
            link(
                t("Go to the open top-up"),
                icon("arrow", "size-4.5 rtl:-scale-x-100"),
                href=TopUpState.open_href,
                class_name=f"{classes.button('primary', 'large')} mt-6",
            ),
            class_name=f"{classes.CARD} flex min-h-[27rem] flex-col items-center justify-center "
            "p-6 text-center",
        ),
    )
