"""Topping up: the form of the shop's page, what is open, and every top-up there was."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.topup.history import history
from jiema_app.site.account.topup.open_one import open_one
from jiema_app.site.account.topup.state import TopUpState
from jiema_app.site.account.topup.wish import wish
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.slot import slot
from jiema_app.site.miniapp.state import MiniApp
from jiema_app.site.miniapp.views import TOP_UP


def top_up_view() -> rx.Component:
    """What stands above the form."""
    return rx.el.div(
        rx.el.h1(t("Top up"), class_name="text-2xl font-bold tracking-tight"),
        # Whose account is topped up: page.js says it, as Telegram does.
        rx.el.p(
            icon("user", "size-5 shrink-0 text-muted"),
            rx.el.bdi(class_name="truncate", custom_attrs={"data-whose": ""}),
            class_name="flex items-center gap-2",
        ),
        wish(),
        open_one(),
        class_name=f"{classes.CONTENT} grid gap-4 pt-3 [&>*]:min-w-0",
    )


def top_up_form() -> rx.Component:
    """The form and what is below it. Hidden elsewhere, not taken away: the server wrote it."""
    is_here = MiniApp.view == TOP_UP
    return rx.fragment(
        rx.el.div(
            slot("topup-form"),
            class_name=rx.cond(
                is_here & (TopUpState.open_href == ""), f"{classes.CONTENT} pt-4", "hidden"
            ),
        ),
        rx.cond(is_here, rx.el.div(history(), class_name=f"{classes.CONTENT} pb-8")),
    )
