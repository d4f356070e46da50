"""Pieces of pages that lead on to what somebody wants to buy."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.wish import WishCard
from jiema_app.site.components import classes
from jiema_app.site.components.buy_form import buy_form
from jiema_app.site.components.link import link


def buy_wish(wish: WishCard) -> rx.Component:
    """The button that buys it at the price of now; a link to its service while it is sold out."""
    return rx.cond(
        wish.price,
        buy_form(
            wish.service,
            wish.country,
            wish.cents,
            rx.el.span(t("Buy"), " ", wish_name(wish), class_name="min-w-0 text-balance"),
            # What is bought and what it costs is said whole, in two lines where one is too short.
            look=f"{classes.button()} w-full min-w-0 whitespace-normal! py-2",
            class_name="min-w-0 max-w-full",
        ),
        rx.cond(
            wish.service_name,
            link(t("Choose another country"), href=wish.href, class_name=classes.button()),
        ),
    )


def wish_name(wish: WishCard) -> rx.Component:
    """What it is and what it costs, the service first in every direction of writing."""
    return rx.fragment(
        rx.el.bdi(wish.service_name),
        " · ",
        rx.el.bdi(wish.country_name),
        rx.cond(
            wish.price,
            rx.fragment(
                " · ",
                rx.el.bdi(wish.price, dir="ltr", class_name="whitespace-nowrap tabular-nums"),
            ),
        ),
    )


def about_wish(wish: WishCard) -> rx.Component:
    """What one should know before buying it."""
    look = "mt-1.5 leading-relaxed text-muted text-pretty"
    return rx.fragment(
        rx.cond(wish.changed, rx.el.p(wish.changed, class_name=look)),
        rx.cond(wish.sold_out, rx.el.p(wish.sold_out, class_name=look)),
    )
