"""Every withdrawal there was, below each other; each opens to all that is known of it."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.withdraw.display import WithdrawalCard
from jiema_app.site.components import classes
from jiema_app.site.components.facts import copied_fact, fact
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.moment import moment
from jiema_app.site.components.outcome import empty_state
from jiema_app.site.components.status_badge import line_badge

LINE = (
    "grid min-h-18 cursor-pointer list-none grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 "
    "gap-y-1 px-4 py-3.5 hover:bg-sunken/50 sm:px-5 "
    "md:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)_minmax(0,1fr)_auto_auto] "
    "[&::-webkit-details-marker]:hidden"
)


def history(state: Any) -> rx.Component:
    """The list."""
    return rx.el.section(
        rx.el.h2(t("Your withdrawals"), class_name="mb-4 text-lg font-semibold"),
        rx.el.div(
            rx.cond(
                state.rows,
                rx.el.ul(
                    rx.foreach(state.rows, _row),
                    class_name="divide-y divide-line",
                ),
                empty_state(
                    "wallet",
                    t("No withdrawals yet"),
                    t("Each withdrawal will appear here, with its transaction and how it ended."),
                ),
            ),
            class_name=f"{classes.CARD} overflow-hidden",
        ),
        _paging(state),
        class_name="mt-12",
    )


def _row(row: WithdrawalCard) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.p(rx.el.bdi(row.amount, dir="ltr"), class_name="font-semibold tabular-nums"),
                rx.el.p(
                    rx.el.bdi(row.address_ends, dir="ltr", custom_attrs={"translate": "no"}),
                    class_name="font-mono text-xs text-muted max-md:order-3 max-md:col-span-2",
                ),
                rx.el.p(
                    moment(row.at, row.at_text),
                    class_name="text-sm text-muted max-md:order-2",
                ),
                rx.el.div(
                    line_badge(row),
                    class_name="flex justify-end max-md:-order-1 max-md:col-start-2 "
                    "max-md:row-start-1",
                ),
                icon(
                    "chevron",
                    "size-5 text-muted transition-transform group-open:rotate-180 "
                    "max-md:order-2 max-md:justify-self-end",
                ),
                class_name=LINE,
            ),
            _known(row),
            class_name="group",
        ),
        key=row.id,
        custom_attrs={"data-withdrawal": row.id},
    )


def _known(row: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(row.outcome, rx.el.p(row.outcome, class_name="leading-relaxed")),
        rx.cond(
            row.note,
            rx.el.p(
                rx.el.span(t("Why we rejected it"), class_name="block font-medium"),
                rx.el.span(
                    row.note, dir="auto", class_name="block break-words whitespace-pre-line"
                ),
                class_name="mt-2 rounded-xl bg-sunken px-4 py-3 leading-relaxed",
            ),
        ),
        rx.el.dl(
            fact(t("Amount"), rx.el.bdi(row.amount, dir="ltr")),
            fact(t("Fee"), rx.el.bdi(row.fee, dir="ltr")),
            fact(t("Net amount"), rx.el.bdi(row.net, dir="ltr")),
            fact(t("Taken from"), row.source),
            copied_fact(t("Address"), row.address, t("Copy address")),
            rx.cond(
                row.txid,
                copied_fact(t("Transaction"), row.txid, t("Copy transaction"), row.txid_shown),
            ),
            copied_fact(t("Withdrawal ID"), row.id, t("Copy withdrawal ID")),
            class_name="mt-3 grid gap-3 [&>*]:min-w-0",
        ),
        class_name="border-t border-line px-4 py-4 text-sm sm:px-5",
    )


def _paging(state: Any) -> rx.Component:
    return rx.cond(
        state.has_newer | (state.older != ""),
        rx.el.nav(
            rx.cond(
                state.has_newer,
                link(
                    t("Newest"),
                    href=f"/{LOCALE}/account/withdraw",
                    class_name=classes.button("secondary", "small"),
                ),
            ),
            rx.cond(
                state.older,
                link(
                    t("Older"),
                    icon("arrow", "size-4.5 rtl:-scale-x-100"),
                    href=state.older,
                    class_name=f"{classes.button('secondary', 'small')} ms-auto",
                ),
            ),
            aria_label=t("Withdrawal pages"),
            class_name="mt-5 flex min-h-9 flex-wrap gap-3",
        ),
    )
