"""The statement: every movement on the balance, to read, to filter and to keep."""

from typing import Any, Final

import reflex as rx

from jiema_app.domain.ledger.statement_filter import ACCOUNT
from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.filter_form import filter_form
from jiema_app.site.account.statement.spending import spending
from jiema_app.site.account.statement.state import StatementState
from jiema_app.site.account.statement.sums import sums
from jiema_app.site.account.statement_table import statement_table
from jiema_app.site.components import classes, skeleton
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.outcome import empty_state, trouble_notice
from jiema_app.site.layouts.account import account_layout
from jiema_app.site.pages.page import Page

STATEMENT: Final = f"/{LOCALE}/account/statement"
COMMISSION: Final = f"{STATEMENT}?{ACCOUNT}=commission"


def statement() -> Page:
    """The statement."""

    def body() -> rx.Component:
        return account_layout(
            page,
            StatementState,
            content=_content(),
            skeleton=rx.fragment(
                rx.el.div(
                    skeleton.bar("h-9 w-24 rounded-full! pointer-coarse:h-11"),
                    skeleton.bar("h-9 w-28 rounded-full! pointer-coarse:h-11"),
                    class_name="mb-5 flex gap-2",
                ),
                rx.el.div(
                    skeleton.bar("h-12 w-36"),
                    skeleton.bar("h-11 w-44 max-sm:w-full"),
                    class_name="mb-5 flex flex-wrap items-end justify-between gap-4",
                ),
                skeleton.bar("mb-5 h-14 rounded-2xl!"),
                skeleton.bar("mb-5 h-20 rounded-2xl! max-sm:h-28"),
                skeleton.rows(8, "h-[4.75rem]"),
            ),
            invitation=t("Sign in to see your statement."),
        )

    page = Page(
        path="account/statement",
        title=t("Statement"),
        description=t("Every change to your balance, line by line."),
        body=body,
        on_load=(StatementState.load,),
    )
    return page


def _content() -> rx.Component:
    return rx.fragment(
        _accounts(),
        rx.el.div(
            rx.el.dl(
                rx.el.dt(
                    rx.cond(StatementState.account, t("Commission"), t("Balance")),
                    class_name="text-sm text-muted",
                ),
                rx.el.dd(
                    rx.el.bdi(StatementState.balance, dir="ltr"),
                    class_name="text-2xl font-bold tracking-tight tabular-nums",
                ),
            ),
            rx.cond(
                StatementState.csv,
                link(
                    icon("download", "size-4.5"),
                    t("Download as CSV"),
                    href=StatementState.csv,
                    class_name=f"{classes.button('secondary')} max-sm:w-full",
                    custom_attrs={"download": ""},
                ),
            ),
            class_name="mb-5 flex flex-wrap items-end justify-between gap-4",
        ),
        rx.cond(
            StatementState.problem,
            trouble_notice(
                rx.el.p(StatementState.problem, class_name="grow font-medium"),
                link(
                    t("Show the whole statement"),
                    href=STATEMENT,
                    class_name=classes.button("secondary", "small"),
                ),
            ),
            rx.fragment(
                rx.el.div(
                    # What was bought has nothing to do with commission.
                    rx.cond(
                        StatementState.account,
                        _filter(has_orders=False, kept={ACCOUNT: StatementState.account}),
                        _filter(has_orders=True),
                    ),
                    class_name="mb-5",
                ),
                sums(),
                spending(),
                rx.el.div(
                    rx.cond(
                        StatementState.rows,
                        statement_table(
                            StatementState.rows,
                            of_commission=StatementState.account == "commission",
                        ),
                        _nothing(),
                    ),
                    class_name=f"{classes.CARD} overflow-hidden",
                ),
            ),
        ),
        _paging(),
    )


def _accounts() -> rx.Component:
    """What has a statement: what one may order with, and what one earned by inviting."""
    return rx.el.nav(
        link(
            t("Balance"),
            href=STATEMENT,
            aria_current=rx.cond(StatementState.account, None, "page"),
            class_name=classes.CHIP,
        ),
        link(
            t("Commission"),
            href=COMMISSION,
            aria_current=rx.cond(StatementState.account, "page", None),
            class_name=classes.CHIP,
        ),
        aria_label=t("Accounts with a statement"),
        class_name="mb-5 flex gap-2",
    )


def _filter(*, has_orders: bool, kept: dict[str, Any] | None = None) -> rx.Component:
    return filter_form(
        StatementState.filter,
        StatementState.is_filtered,
        STATEMENT,
        has_kinds=True,
        has_orders=has_orders,
        cleared=_whole(),
        kept=kept,
    )


def _whole() -> Any:
    """Address of all lines of the same account."""
    return rx.cond(StatementState.account, COMMISSION, STATEMENT)


def _nothing() -> rx.Component:
    return rx.cond(
        StatementState.is_filtered,
        empty_state(
            "search",
            t("No matches"),
            rx.cond(
                StatementState.older,
                t("None of these lines match. Look among the older ones."),
                t("No line of your statement matches this filter."),
            ),
            link(t("Clear filter"), href=_whole(), class_name=classes.button("secondary")),
        ),
        rx.cond(StatementState.account, _no_commission(), _no_activity()),
    )


def _no_commission() -> rx.Component:
    return empty_state(
        "list",
        t("No commission yet"),
        t("Every commission, move and withdrawal will appear here."),
        link(t("Invite & earn"), href=f"/{LOCALE}/invite", class_name=classes.button("primary")),
    )


def _no_activity() -> rx.Component:
    return empty_state(
        "list",
        t("No activity yet"),
        t(
            "Every order, refund and credit will appear here, with your balance after it.",
        ),
        link(
            t("Browse services"),
            href=f"/{LOCALE}/browse",
            class_name=classes.button("primary"),
        ),
    )


def _paging() -> rx.Component:
    # No landmark where there is nowhere to go.
    return rx.cond(StatementState.newest | StatementState.older, _pages())  # type: ignore[operator]


def _pages() -> rx.Component:
    return rx.el.nav(
        rx.cond(
            StatementState.newest,
            link(
                t("Newest"),
                href=StatementState.newest,
                class_name=classes.button("secondary", "small"),
            ),
        ),
        rx.cond(
            StatementState.older,
            link(
                t("Older"),
                icon("arrow", "size-4.5 rtl:-scale-x-100"),
                href=StatementState.older,
                class_name=f"{classes.button('secondary', 'small')} ms-auto",
            ),
        ),
        aria_label=t("Statement pages"),
        class_name="mt-5 flex min-h-9 flex-wrap gap-3",
    )
