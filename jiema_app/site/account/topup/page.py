"""Topping up: how much, how it works, and every top-up there was."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.topup.history import history
from jiema_app.site.account.topup.open_one import open_one
from jiema_app.site.account.topup.state import TopUpState
from jiema_app.site.components import classes
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.account import account_tabs
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def topup() -> Page:
    """The page to top up."""

    def body() -> rx.Component:
        return shop_layout(page, _page(page))

    page = Page(
        path="account/topup",
        title=t("Top up"),
        description=t(
            "Top up with USDT on TRON: choose an amount, send exactly that much, and it's "
            "credited automatically.",
        ),
        body=body,
        on_load=(TopUpState.load,),
    )
    return page


def _page(page: Page) -> rx.Component:
    return rx.el.div(
        rx.el.h1(page.title, class_name=classes.PAGE_TITLE),
        account_tabs(page),
        rx.el.div(
            rx.el.div(
                open_one(),
                # Hidden, not taken away: what the server wrote would not come back.
                rx.el.div(
                    slot("topup-form"),
                    class_name=rx.cond(TopUpState.open_href, "hidden", ""),
                ),
                class_name="min-w-0",
            ),
            slot("topup-facts", class_name="min-w-0"),
            slot("topup-steps", class_name="min-w-0 lg:col-span-2"),
            class_name="grid items-start gap-x-6 gap-y-8 lg:grid-cols-[1.6fr_1fr]",
        ),
        history(),
        class_name=f"{classes.CONTENT} {classes.FIRST_SCREEN} py-8 sm:py-12",
    )
