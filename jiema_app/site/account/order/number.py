"""The number that was rented, and what is known of the order."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.components import classes
from jiema_app.site.components.copy_button import copy_button
from jiema_app.site.components.countdown import local_time
from jiema_app.site.components.facts import copied_fact, fact, facts


def number_panel() -> rx.Component:
    """The number, large, with a button that copies it as programs write it."""
    card = OrderPage.order
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("Your number"), class_name="text-sm font-medium text-muted"),
            rx.el.p(
                rx.el.bdi(card.phone, dir="ltr", custom_attrs={"data-shown-number": ""}),
                class_name="mt-1 text-2xl font-semibold tracking-tight tabular-nums "
                "min-[400px]:text-3xl",
            ),
            class_name="min-w-0",
        ),
        rx.cond(
            card.phone_copied,
            copy_button(
                card.phone_copied,
                t("Copy number"),
                # The one thing to do first; as soon as there is a code, that is to copy it.
                class_name=rx.cond(
                    card.shows_code,
                    f"{classes.button('secondary')} max-sm:w-full",
                    f"{classes.button()} max-sm:w-full",
                ),
            ),
        ),
        class_name=f"{classes.CARD} flex min-h-26 flex-wrap items-center justify-between gap-x-6 "
        "gap-y-4 rounded-b-none p-5 sm:p-6",
    )


def known() -> rx.Component:
    """Price, times and the id."""
    card = OrderPage.order
    return facts(
        fact(t("Price"), rx.el.bdi(card.price, dir="ltr")),
        fact(t("Ordered"), local_time(card.ordered_at)),
        rx.cond(card.operator, fact(t("Mobile operator"), rx.el.bdi(card.operator, dir="ltr"))),
        fact(t("Country code"), rx.el.bdi(card.goods.dial_code, dir="ltr")),
        copied_fact(t("Order ID"), card.id, t("Copy order ID")),
    )
