"""Above the form: what the top-up is for, and how much is missing."""

import reflex as rx

from jiema_app.site.account.topup.state import TopUpState
from jiema_app.site.account.wish_parts import about_wish, buy_wish, wish_name
from jiema_app.site.components import classes


def wish() -> rx.Component:
    """For who came from a button that their balance does not cover."""
    card = TopUpState.wish
    return rx.cond(
        card.service_name,
        rx.el.section(
            rx.el.h2(wish_name(card), class_name="font-semibold"),
            rx.cond(
                card.lack,
                rx.el.p(card.lack, class_name="mt-1.5 leading-relaxed text-muted text-pretty"),
                rx.el.div(buy_wish(card), class_name="mt-3 flex flex-wrap gap-3"),
            ),
            about_wish(card),
            class_name=f"{classes.CARD} mb-4 p-5 sm:p-6",
            custom_attrs={"data-preset": card.preset},
        ),
    )
