"""Pieces of pages that lead on to what somebody wants to buy."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.wish import WishCard
from jiema_app.site.components import classes
from jiema_app.site.components.link import link
from jiema_app.site.components.plain_form import plain_form


def buy_wish(wish: WishCard) -> rx.Component:
    """The button that buys it at the price of now; a link to its service while it is sold out."""
    return rx.cond(
        wish.price,
        plain_form(
            rx.el.input(type="hidden", name="service", value=wish.service),
            rx.el.input(type="hidden", name="country", value=wish.country),
            rx.el.input(type="hidden", name="max_price_cents", value=wish.cents),
            rx.el.input(type="hidden", name="locale", value=LOCALE),
            rx.el.button(
                rx.el.span(t("Buy"), " ", rx.el.bdi(wish.label), class_name="truncate"),
                rx.el.span("·", aria_hidden="true"),
                rx.el.bdi(wish.price, dir="ltr", class_name="tabular-nums"),
                type="submit",
                class_name=f"{classes.button()} w-full min-w-0",
            ),
            method="post",
            action="/api/shop/orders",
            class_name="min-w-0 max-w-full",
            custom_attrs={"data-enhanced": "", "data-wish": ""},
        ),
        rx.cond(
            wish.label,
            link(t("Choose another country"), href=wish.href, class_name=classes.button()),
        ),
    )


def about_wish(wish: WishCard) -> rx.Component:
    """What one should know before buying it."""
    look = "mt-1.5 leading-relaxed text-muted text-pretty"
    return rx.fragment(
        rx.cond(wish.changed, rx.el.p(wish.changed, class_name=look)),
        rx.cond(
            wish.label,
            rx.cond(
                wish.price,
                rx.fragment(),
                rx.el.p(
                    rx.el.bdi(wish.label),
                    " ",
                    t("is sold out for now."),
                    class_name=look,
                ),
            ),
        ),
    )
