"""What arrived, transfer by transfer."""

import reflex as rx

from jiema_app.i18n.page_texts import t
from jiema_app.site.account.recharge.display import PaymentLine
from jiema_app.site.account.recharge.state import RechargePage
from jiema_app.site.components import classes
from jiema_app.site.components.copy_button import copy_icon
from jiema_app.site.components.moment import moment
from jiema_app.site.components.status_badge import status_badge


def payments() -> rx.Component:
    """The transfers, newest first."""
    card = RechargePage.recharge
    return rx.cond(
        card.payments,
        rx.el.section(
            rx.el.h2(t("Payments received"), class_name="mt-4 text-lg font-semibold"),
            rx.el.ul(
                rx.foreach(card.payments, _line),
                class_name=f"{classes.CARD} mt-3 divide-y divide-line",
            ),
        ),
    )


def _line(line: PaymentLine) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.bdi(line.amount, class_name="font-semibold tabular-nums"),
                rx.cond(line.credited, rx.el.span(line.credited, class_name="text-sm text-accent")),
                class_name="flex flex-wrap items-baseline gap-x-3",
            ),
            rx.el.div(
                status_badge(line.status_word, line.mood, is_waiting=False),
                rx.cond(line.oddity, rx.el.span(line.oddity, class_name="text-sm text-muted")),
                class_name="flex flex-wrap items-center gap-x-3 gap-y-1",
            ),
            class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2",
        ),
        _transaction(moment(line.at, line.at_text), line.txid, line.txid_shown),
        rx.cond(
            line.refund_txid,
            _transaction(t("Returned"), line.refund_txid, line.refund_txid_shown),
        ),
        key=line.id,
        class_name="px-5 py-4",
    )


def _transaction(what: rx.Component | str, txid: str, shown: str) -> rx.Component:
    """What a transaction did or when it was, and its id to copy."""
    return rx.el.div(
        rx.el.span(what),
        rx.el.span(
            rx.el.span(t("Transaction"), class_name="max-sm:sr-only"),
            rx.el.bdi(
                shown,
                dir="ltr",
                class_name="font-mono text-xs",
                custom_attrs={"translate": "no"},
            ),
            copy_icon(txid, t("Copy transaction ID")),
            class_name="-my-2 -me-3 inline-flex items-center gap-x-2",
        ),
        class_name="mt-1 flex flex-wrap items-center justify-between gap-x-4 text-sm text-muted",
    )
