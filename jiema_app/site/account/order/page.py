"""The page of one order: the number, and its code as soon as it comes."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.goods_parts import goods_country, goods_icon
from jiema_app.site.account.order.actions import actions
from jiema_app.site.account.order.advice import advice
from jiema_app.site.account.order.alerts import alerts
from jiema_app.site.account.order.code import code_panel
from jiema_app.site.account.order.history import history
from jiema_app.site.account.order.number import known, number_panel
from jiema_app.site.account.order.placeholders import skeleton
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.components.owned_item import (
    columns,
    head,
    outcomes,
    owned_item,
)
from jiema_app.site.components.status_badge import line_badge
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def order() -> Page:
    """The page of one order."""

    def body() -> rx.Component:
        return shop_layout(page, order_view())

    page = Page(
        path="order/[order_id]",
        title=t("Your order · jiema.my"),
        description=t("Your number, the code it's waiting for, and what to do if none arrives."),
        body=body,
        on_load=(OrderPage.load,),
    )
    return page


def order_view() -> rx.Component:
    """The order, for its owner; the Mini App shows it, too."""
    return owned_item(
        OrderPage,
        every=(t("All orders"), f"/{LOCALE}/orders"),
        shown=_order(),
        missing=t("Order not found"),
        skeleton=skeleton(),
        guest=(
            t("Sign in to see this order"),
            t("Only the account that bought an order can see its number and code."),
        ),
        attributes={"data-order-page": "", "data-code-word": t("Code received")},
    )


def _order() -> rx.Component:
    card = OrderPage.order
    return rx.el.article(
        _heading(),
        columns(
            (
                rx.el.div(number_panel(), code_panel()),
                outcomes(OrderPage),
                actions(),
                history(),
            ),
            (
                known(),
                rx.cond(card.is_open, alerts()),
                # It says that cancelling is free: so it is until the first code.
                rx.cond(card.can_cancel, advice()),
            ),
            about=t("About this order"),
        ),
        custom_attrs={
            "data-order": card.id,
            "data-status": card.status,
            "data-sms-count": card.sms_count,
            "data-code": card.code,
            # Several open orders are told apart by their tabs.
            "data-title": f"{card.goods.service} · {card.goods.country}: {card.status_word}",
            "data-server-now": OrderPage.server_now,
        },
    )


def _heading() -> rx.Component:
    card = OrderPage.order
    return head(
        goods_icon(card.goods, 52),
        rx.el.div(
            rx.el.h1(
                card.goods.service,
                dir="auto",
                class_name="truncate text-2xl font-bold tracking-tight rtl:text-right",
            ),
            rx.el.p(goods_country(card.goods), class_name="mt-0.5 text-muted"),
            class_name="min-w-0 grow basis-0",
        ),
        # A line of its own on a phone, whatever it says: nothing moves when the code arrives.
        rx.el.div(line_badge(card), class_name="flex max-sm:-mt-1 max-sm:basis-full max-sm:ps-17"),
    )
