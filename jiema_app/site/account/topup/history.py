"""Every recharge there was, below each other."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t, tc
from jiema_app.site.account.topup.display import RechargeRow
from jiema_app.site.account.topup.state import TopUpState
from jiema_app.site.components import classes, skeleton
from jiema_app.site.components.link import link
from jiema_app.site.components.moment import moment
from jiema_app.site.components.outcome import empty_state, trouble_notice
from jiema_app.site.components.status_badge import line_badge
from jiema_app.site.states.member_page import FAILED, MEMBER, UNKNOWN

LINE = (
    "relative grid min-h-18 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-3.5 "
    "sm:px-5 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_minmax(0,1.2fr)_auto]"
)


def history() -> rx.Component:
    """The list, for who is signed in."""
    return rx.el.section(
        rx.match(
            TopUpState.access,
            (
                MEMBER,
                rx.fragment(
                    _title(),
                    rx.cond(TopUpState.problem, _nowhere(), _list()),
                    _paging(),
                ),
            ),
            (
                UNKNOWN,
                rx.el.div(
                    _title(),
                    rx.el.div(skeleton.rows(3, "h-18"), aria_busy="true"),
                    class_name="member-only",
                ),
            ),
            (
                FAILED,
                trouble_notice(
                    rx.el.p(
                        t("We couldn't load your top-ups. They aren't affected."),
                        class_name="grow font-medium",
                    ),
                    _newest(t("Try again")),
                ),
            ),
            rx.fragment(),
        ),
        aria_label=t("Your top-ups"),
        class_name="mt-12",
    )


def _title() -> rx.Component:
    return rx.el.h2(t("Your top-ups"), class_name="mb-4 text-lg font-semibold")


def _list() -> rx.Component:
    return rx.el.div(
        rx.cond(
            TopUpState.rows,
            rx.el.ul(
                rx.foreach(TopUpState.rows, _row),
                class_name="divide-y divide-line",
            ),
            empty_state(
                "wallet",
                t("No top-ups yet"),
                t("Each top-up will appear here, with what arrived and how it ended."),
            ),
        ),
        class_name=f"{classes.CARD} overflow-hidden",
    )


def _row(row: RechargeRow) -> rx.Component:
    return rx.el.li(
        link(
            rx.el.bdi(row.amount, dir="ltr"),
            href=row.href,
            class_name="font-semibold tabular-nums after:absolute after:inset-0 hover:text-accent",
        ),
        rx.el.p(
            rx.cond(
                row.received,
                rx.fragment(
                    tc("amount", "Received"),
                    " ",
                    rx.el.bdi(row.received, dir="ltr", class_name="text-ink tabular-nums"),
                ),
            ),
            class_name="text-sm text-muted max-md:order-3 max-md:text-end",
        ),
        rx.el.p(
            moment(row.at, row.at_text),
            class_name="text-sm text-muted max-md:order-2",
        ),
        rx.el.div(
            line_badge(row),
            rx.cond(row.oddity, rx.el.span(row.oddity, class_name="text-xs text-muted text-end")),
            class_name="flex flex-col items-end gap-1 max-md:-order-1 max-md:col-start-2 "
            "max-md:row-start-1",
        ),
        key=row.id,
        class_name=f"{LINE} hover:bg-sunken/50",
    )


def _nowhere() -> rx.Component:
    return trouble_notice(
        rx.el.p(TopUpState.problem, class_name="grow font-medium"),
        _newest(t("Newest")),
    )


def _paging() -> rx.Component:
    return rx.el.nav(
        rx.cond(TopUpState.has_newer, _newest(t("Newest"))),
        rx.cond(
            TopUpState.older,
            link(
                t("Older"),
                href=TopUpState.older,
                class_name=f"{classes.button('secondary', 'small')} ms-auto",
            ),
        ),
        aria_label=t("Top-up pages"),
        class_name="mt-5 flex min-h-9 flex-wrap gap-3",
    )


def _newest(label: str) -> rx.Component:
    return link(
        label,
        href=f"/{LOCALE}/account/topup",
        class_name=classes.button("secondary", "small"),
    )
