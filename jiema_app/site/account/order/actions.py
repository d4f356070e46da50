"""What can still be done with an order, and what to do after it."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.components import classes
from jiema_app.site.components.buy_form import buy_form
from jiema_app.site.components.dialog import close_button, confirmation, dialog, opener
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.owned_item import act_button, next_steps

CANCEL = "cancel-dialog"
FINISH = "finish-dialog"
SWAP = "swap-dialog"
INSTEAD = "instead"
"""The part of a service's address that says which order a new one is bought in place of."""


def actions() -> rx.Component:
    """Next code, finish or cancel while it is open; the same again afterwards."""
    card = OrderPage.order
    return next_steps(
        rx.cond(card.is_open, rx.fragment(*_of_open()), rx.fragment(_again())),
        rx.cond(
            card.goods.service_slug,
            rx.cond(
                card.can_cancel,
                opener(SWAP, t("Choose another country"), tone="secondary"),
                link(
                    t("Choose another country"),
                    href=_others(),
                    class_name=classes.button("secondary"),
                ),
            ),
        ),
        _star(),
        questions=(_cancel_dialog(), _finish_dialog(), _swap_dialog()),
    )


def _star() -> rx.Component:
    """Keeps the route on the home page."""
    card = OrderPage.order
    return rx.cond(
        card.goods.country_slug,
        rx.el.button(
            rx.cond(
                OrderPage.is_favourite,
                icon("star", "size-5 fill-current! text-accent"),
                icon("star", "size-5"),
            ),
            t("Favourite"),
            type="button",
            aria_pressed=OrderPage.is_favourite,
            on_click=OrderPage.star,
            class_name=classes.button("quiet"),
        ),
    )


def _others() -> Any:
    """Address of all the countries of its service."""
    return f"/{LOCALE}/service/" + OrderPage.order.goods.service_slug


def _of_open() -> tuple[rx.Component, ...]:
    card = OrderPage.order
    return (
        rx.cond(
            card.can_ask_next,
            act_button(
                rx.el.span(card.next_text),
                on_click=OrderPage.ask_next,
                # What everybody does with a code is to copy it.
                tone="secondary",
            ),
        ),
        # Translators: the button that ends an order whose code has arrived.
        rx.cond(card.can_finish, opener(FINISH, t("Finish"), tone="secondary")),
        rx.cond(card.can_cancel, opener(CANCEL, t("Cancel and get a refund"), tone="danger")),
    )


def _again() -> rx.Component:
    """The form that the page of the service has, too."""
    card = OrderPage.order
    return rx.cond(
        card.again_text,
        buy_form(
            card.goods.service_slug,
            card.goods.country_slug,
            card.again_cents,
            rx.el.span(card.again_text),
            look=f"{classes.button()} w-full",
            # What the Mini App puts on Telegram's own button.
            custom_attrs={"data-main": ""},
        ),
    )


def _cancel_dialog() -> rx.Component:
    card = OrderPage.order
    return confirmation(
        CANCEL,
        t("Cancel this order?"),
        rx.el.p(card.cancel_text),
        keep=t("Keep waiting"),
        act=t("Cancel order"),
        on_click=OrderPage.cancel,
    )


def _swap_dialog() -> rx.Component:
    """Whoever looks for another country is asked what becomes of this number, which they pay for."""
    card = OrderPage.order
    return dialog(
        SWAP,
        t("Keep this number?"),
        rx.el.p(
            t(
                "This order keeps running, and its price stays charged, until you cancel it or "
                "its time is up."
            ),
        ),
        rx.el.p(
            t(
                "You can also choose another number first. As soon as you have it, we cancel this "
                "order and its full price goes back to your balance:",
            ),
            " ",
            rx.el.bdi(card.price, dir="ltr", class_name="font-semibold text-ink"),
            class_name="mt-2",
        ),
        actions=(
            close_button(t("Keep waiting")),
            link(t("Keep both"), href=_others(), class_name=classes.button("secondary")),
            link(
                t("Cancel this one and choose another"),
                href=_others() + f"?{INSTEAD}=" + card.id,
                class_name=f"{classes.button()} text-center max-sm:whitespace-normal max-sm:py-2",
            ),
        ),
    )


def _finish_dialog() -> rx.Component:
    return confirmation(
        FINISH,
        t("Finish this order?"),
        rx.el.p(
            t(
                "The number won't receive any more codes. There's no refund because a code "
                "has arrived."
            ),
        ),
        keep=t("Keep the number"),
        act=t("Finish order"),
        on_click=OrderPage.finish,
        tone="primary",
    )
