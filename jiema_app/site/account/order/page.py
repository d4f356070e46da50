"""The page of one order: the number, and its code as soon as it comes."""

import reflex as rx

from jiema_app.i18n.translation import t
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


def order(locale: str) -> Page:
    """The page of one order in one language."""

    def body() -> rx.Component:
        return shop_layout(page, _page(locale))

    page = Page(
        locale=locale,
        path="order/[order_id]",
        title=t(locale, "Your order | jiema.my"),
        description=t(
            locale, "A rented number, the code it waits for, and what to do when none comes."
        ),
        body=body,
        on_load=(OrderPage.load,),
    )
    return page


def _page(locale: str) -> rx.Component:
    return owned_item(
        locale,
        OrderPage,
        every=(t(locale, "All orders"), f"/{locale}/orders"),
        shown=_order(locale),
        missing=t(locale, "There is no such order"),
        skeleton=skeleton(locale),
        guest=(
            t(locale, "Sign in to see this order"),
            t(locale, "An order, its number and its code are shown only to whoever bought it."),
        ),
        attributes={"data-order-page": "", "data-code-word": t(locale, "Code received")},
    )


def _order(locale: str) -> rx.Component:
    card = OrderPage.order
    return rx.el.article(
        _heading(),
        columns(
            (
                rx.el.div(number_panel(locale), code_panel(locale)),
                outcomes(OrderPage),
                actions(locale),
                history(locale),
            ),
            (
                known(locale),
                rx.cond(card.is_open, alerts(locale)),
                # Who has their code has no use for it, nor has who had it once.
                rx.cond(card.shows_code | card.is_purged, rx.fragment(), advice(locale)),
            ),
            about=t(locale, "About this order"),
        ),
        custom_attrs={
            "data-order": card.id,
            "data-status": card.status,
            "data-sms-count": card.sms_count,
            "data-code": card.code,
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
            class_name="min-w-0 grow",
        ),
        line_badge(card),
    )
