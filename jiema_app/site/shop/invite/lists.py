"""Whom the link brought, what is pending and why, and what has moved the commission."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.message_panel import message_panel
from jiema_app.site.components.moment import moment
from jiema_app.site.components.outcome import trouble_notice
from jiema_app.site.components.status_badge import status_badge
from jiema_app.site.shop.invite.display import MovementRow, PendingRow, PersonRow
from jiema_app.site.shop.invite.state import MOVEMENTS, PENDING, PEOPLE, InviteState

ROW = "flex min-h-16 items-center gap-4 px-5 py-3 sm:px-6"
MAIN = "min-w-0 grow"
SMALL = "text-sm text-muted"
SMALL_WRAPPED = f"{SMALL} flex flex-wrap gap-x-3"
END = "shrink-0 text-end"


def people() -> rx.Component:
    """Whom the link brought."""
    return _list(
        PEOPLE,
        t("People you invited"),
        t("We never show who they are, only a name we made up."),
        InviteState.people,
        InviteState.people_ways,
        _person,
        _empty(
            "user",
            t("Nobody has joined yet"),
            t("Everyone who creates an account through your link will appear here."),
        ),
    )


def pending() -> rx.Component:
    """What is earned and not available, and why."""
    return _list(
        PENDING,
        t("Pending commission"),
        t("It becomes available when the order is complete and we've checked the invitation."),
        InviteState.pending,
        InviteState.pending_ways,
        _pending,
        _empty(
            "clock",
            t("Nothing is pending"),
            t("Commission for open orders will appear here."),
        ),
    )


def movements() -> rx.Component:
    """What has moved the available commission."""
    return _list(
        MOVEMENTS,
        t("Commission history"),
        "",
        InviteState.movements,
        InviteState.movements_ways,
        _movement,
        _empty(
            "list",
            t("No commission yet"),
            t("Every commission, move and withdrawal will appear here."),
        ),
        link(
            t("View full statement"),
            href=f"/{LOCALE}/account/statement?account=commission",
            class_name=f"{classes.LONE_LINK} text-sm",
        ),
        class_name="lg:col-span-2",
    )


def _list(
    identity: str,
    title: str,
    text: str,
    rows: Any,
    ways: Any,
    row: Any,
    empty: rx.Component,
    *more: rx.Component,
    class_name: str = "",
) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, class_name="text-lg font-semibold"),
            rx.el.p(text, class_name=f"basis-full {SMALL} text-pretty") if text else rx.fragment(),
            *more,
            class_name="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 border-b "
            "border-line px-5 py-4 sm:px-6",
        ),
        rx.cond(
            ways.problem,
            rx.el.div(
                trouble_notice(rx.el.p(ways.problem, class_name="grow font-medium")),
                class_name="p-5",
            ),
            rx.cond(
                rows,
                rx.el.ul(rx.foreach(rows, row), class_name="divide-y divide-line"),
                empty,
            ),
        ),
        rx.cond(ways.older | ways.newest, _ways(title, ways)),
        id=identity,
        class_name=f"{classes.CARD} scroll-mt-20 overflow-hidden {class_name}",
    )


def _ways(title: str, ways: Any) -> rx.Component:
    look = classes.button("secondary", "small")
    return rx.el.nav(
        rx.cond(ways.newest, link(t("Newest"), href=ways.newest, class_name=look)),
        rx.cond(
            ways.older,
            link(
                t("Older"),
                icon("arrow", "size-4.5 rtl:-scale-x-100"),
                href=ways.older,
                class_name=f"{look} ms-auto",
            ),
        ),
        aria_label=title,
        class_name="flex flex-wrap gap-3 border-t border-line px-5 py-3 sm:px-6",
    )


def _empty(drawing: str, title: str, text: str) -> rx.Component:
    heading = rx.el.h3(title, class_name="font-semibold text-balance")
    return message_panel(drawing, heading, text, class_name="py-10!")


def _person(row: PersonRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.bdi(row.name, class_name="font-medium"),
                status_badge(row.status_word, row.mood, is_waiting=False),
                class_name="flex flex-wrap items-center gap-x-2.5 gap-y-1",
            ),
            rx.el.p(row.joined, class_name=SMALL),
            class_name=MAIN,
        ),
        _amount(row.earned, row.orders),
        class_name=ROW,
    )


def _pending(row: PendingRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row.reason, class_name="font-medium text-pretty"),
            rx.el.p(
                rx.el.bdi(row.name), " ", moment(row.at, row.at_text), class_name=SMALL_WRAPPED
            ),
            class_name=MAIN,
        ),
        _amount(row.amount, ""),
        class_name=ROW,
    )


def _movement(row: MovementRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row.kind, class_name="font-medium"),
            rx.el.p(
                rx.cond(row.name, rx.fragment(rx.el.bdi(row.name), " ")),
                moment(row.at, row.at_text),
                class_name=SMALL_WRAPPED,
            ),
            class_name=MAIN,
        ),
        rx.el.div(
            rx.el.p(
                rx.el.bdi(row.amount, dir="ltr"),
                class_name=rx.cond(
                    row.is_credit,
                    "font-semibold tabular-nums text-accent",
                    "font-semibold tabular-nums",
                ),
            ),
            rx.el.p(
                rx.el.span(t("Available after"), " ", class_name="max-sm:sr-only"),
                rx.el.bdi(row.balance, dir="ltr", class_name="tabular-nums"),
                class_name=SMALL,
            ),
            class_name=END,
        ),
        class_name=ROW,
    )


def _amount(amount: Any, below: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(rx.el.bdi(amount, dir="ltr"), class_name="font-semibold tabular-nums"),
        rx.cond(below, rx.el.p(below, class_name=SMALL)),
        class_name=END,
    )
