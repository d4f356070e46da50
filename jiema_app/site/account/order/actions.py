"""What can still be done with an order, and what to do after it."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.components import classes
from jiema_app.site.components.dialog import confirmation, opener
from jiema_app.site.components.link import link
from jiema_app.site.components.owned_item import act_button, next_steps
from jiema_app.site.components.plain_form import plain_form

CANCEL = "cancel-dialog"
FINISH = "finish-dialog"


def actions() -> rx.Component:
    """Next code, finish or cancel while it is open; the same again afterwards."""
    card = OrderPage.order
    return next_steps(
        rx.cond(card.is_open, rx.fragment(*_of_open()), rx.fragment(_again())),
        rx.cond(
            card.goods.service_slug,
            link(
                t("Choose another country"),
                href=f"/{LOCALE}/service/" + card.goods.service_slug,
                class_name=classes.button("secondary"),
            ),
        ),
        questions=(_cancel_dialog(), _finish_dialog()),
    )


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
        plain_form(
            rx.el.input(type="hidden", name="service", value=card.goods.service_slug),
            rx.el.input(type="hidden", name="country", value=card.goods.country_slug),
            rx.el.input(type="hidden", name="max_price_cents", value=card.again_cents),
            rx.el.input(type="hidden", name="locale", value=LOCALE),
            rx.el.button(
                rx.el.span(card.again_text),
                type="submit",
                class_name=f"{classes.button()} w-full",
            ),
            method="post",
            action="/api/shop/orders",
            custom_attrs={"data-enhanced": ""},
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
