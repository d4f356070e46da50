"""Every SMS that came on a number."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.order.display import SmsLine
from jiema_app.site.account.order.state import OrderPage
from jiema_app.site.components import classes
from jiema_app.site.components.copy_button import copy_icon
from jiema_app.site.components.countdown import local_time


def history() -> rx.Component:
    """The messages, newest first; only when the code panel does not show them all."""
    card = OrderPage.order
    return rx.cond(
        card.has_history,
        rx.el.section(
            rx.el.h2(t("SMS messages received"), class_name="text-lg font-semibold"),
            rx.el.ul(
                rx.foreach(card.sms, _line),
                class_name=f"{classes.CARD} mt-3 divide-y divide-line",
            ),
            class_name="mt-4",
        ),
    )


def _line(sms: SmsLine) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.cond(
                sms.code,
                rx.el.p(
                    rx.el.bdi(sms.code, dir="ltr"),
                    class_name="font-mono text-lg font-semibold tracking-wider",
                ),
            ),
            rx.el.p(rx.el.bdi(sms.body), class_name="text-sm leading-relaxed break-words"),
            local_time(sms.at, "mt-1 block text-xs text-muted"),
            class_name="min-w-0 grow",
        ),
        copy_icon(
            rx.cond(sms.code, sms.code, sms.body),
            rx.cond(sms.code, t("Copy code"), t("Copy text")),
        ),
        class_name="flex items-center gap-4 px-5 py-4",
    )
