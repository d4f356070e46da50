"""The Mini App's document: chrome around its views, and what it says where there is no Telegram."""

import reflex as rx

from jiema_app.i18n.page_texts import BORROWED_DIRECTION, BORROWED_TAG, t
from jiema_app.site.account.order.page import order_view
from jiema_app.site.account.orders.page import orders_view
from jiema_app.site.account.recharge.page import recharge_view
from jiema_app.site.components.connection import connection_notice
from jiema_app.site.miniapp import views
from jiema_app.site.miniapp.chrome import bottom_bar, top_bar
from jiema_app.site.miniapp.home import home_view
from jiema_app.site.miniapp.invite import invite_view
from jiema_app.site.miniapp.more import more_view
from jiema_app.site.miniapp.outside import outside
from jiema_app.site.miniapp.service import service_view
from jiema_app.site.miniapp.state import MiniApp
from jiema_app.site.miniapp.top_up import top_up_form, top_up_view
from jiema_app.site.miniapp.withdraw import mini_withdraw_view
from jiema_app.site.pages.page import Page


def mini_app() -> Page:
    """The Mini App."""
    return Page(
        path="tg",
        title=t("jiema.my in Telegram"),
        description="",
        body=_body,
        scripts=("miniapp", "withdraw"),
        is_mini_app=True,
    )


def _body() -> rx.Component:
    return rx.el.div(
        outside(),
        rx.el.div(
            top_bar(),
            rx.el.main(
                rx.match(
                    MiniApp.view,
                    (views.SERVICE, service_view()),
                    (views.ORDER, order_view()),
                    (views.ORDERS, orders_view()),
                    (views.TOP_UP, top_up_view()),
                    (views.RECHARGE, recharge_view()),
                    (views.INVITE, invite_view()),
                    (views.MORE, more_view()),
                    (views.WITHDRAW, mini_withdraw_view()),
                    home_view(),
                ),
                top_up_form(),
                id="content",
                tab_index=-1,
                class_name="grow outline-none [&_[data-way-back]]:hidden",
            ),
            bottom_bar(),
            class_name="flex min-h-(--mini-height) flex-col [html[data-launch]_&]:hidden",
        ),
        _wires(),
        connection_notice(),
        rx.el.div(
            id="toasts",
            role="status",
            aria_live="polite",
            class_name="pointer-events-none fixed inset-x-0 bottom-20 z-50 flex flex-col "
            "items-center gap-2 px-4",
        ),
        class_name="relative min-h-screen overflow-x-clip bg-paper text-ink antialiased "
        "[--mini-height:var(--tg-viewport-stable-height,100svh)]",
        lang=BORROWED_TAG,
        dir=BORROWED_DIRECTION,
        custom_attrs={
            "data-stage": "",
            "data-live-page": "",
            "data-phase": MiniApp.phase,
            "data-refusals": MiniApp.refusals,
            "data-view": MiniApp.view,
            "data-language": MiniApp.language,
            "data-hydrated": rx.cond(rx.State.is_hydrated, "1", ""),
        },
    )


def _wires() -> rx.Component:
    """What ``page.js`` reaches the state by: see there."""
    return rx.el.div(
        rx.el.form(
            rx.el.input(type="hidden", name="bearer", default_value=""),
            id="mini-enter",
            # Nothing is ever sent so. But a form of no method would write it into the address.
            method="post",
            on_submit=MiniApp.enter,
        ),
        rx.el.button(id="mini-arrive", type="button", on_click=MiniApp.arrive, tab_index=-1),
        hidden=True,
    )
