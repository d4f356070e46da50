"""The list of one's orders."""

from typing import Any

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.filter_form import filter_form
from jiema_app.site.account.orders.rows import row_list, rows_skeleton
from jiema_app.site.account.orders.state import OrdersPage, OrderTab
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.components.message_panel import message_panel
from jiema_app.site.components.plain_form import plain_form
from jiema_app.site.components.slot import slot
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page


def orders() -> Page:
    """The list."""

    def body() -> rx.Component:
        return shop_layout(page, orders_view())

    page = Page(
        path="orders",
        title=t("Your orders · jiema.my"),
        description=t("Every number you've bought, with its codes and refunds."),
        body=body,
        on_load=(OrdersPage.load,),
    )
    return page


def orders_view() -> rx.Component:
    """The list, for its owner; the Mini App shows it, too."""
    return rx.el.div(
        rx.el.h1(t("Orders"), class_name=classes.PAGE_TITLE),
        # Without scripts none of the rest is ever drawn: see serving/member_pages.py.
        slot("own"),
        rx.match(
            OrdersPage.phase,
            ("guest", _guest()),
            ("none", _none()),
            ("loading", rx.fragment(_loading(), _guest("guest-only"))),
            _list(),
        ),
        class_name=f"{classes.CONTENT} {classes.FIRST_SCREEN} pt-8 pb-16 sm:pt-12",
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.nav(
                rx.foreach(OrdersPage.tabs, _tab),
                aria_label=t("Filter orders"),
                class_name="flex flex-wrap gap-2 py-1 max-sm:gap-1.5 max-sm:[&>a]:px-2.5",
            ),
            _search(),
            class_name="mt-6 flex flex-wrap items-center justify-between gap-4 max-sm:flex-col "
            "max-sm:items-stretch",
        ),
        rx.el.div(
            filter_form(
                OrdersPage.filter,
                OrdersPage.is_filtered,
                f"/{LOCALE}/orders",
                kept={"q": OrdersPage.text, "tab": OrdersPage.group},
            ),
            class_name="mt-5",
        ),
        rx.cond(
            OrdersPage.is_filtered,
            rx.el.p(
                link(
                    t("Sums and CSV of this filter"),
                    href=OrdersPage.statement_href,
                    class_name=classes.LONE_LINK,
                ),
                class_name="mt-4 text-sm",
            ),
        ),
        rx.el.p(OrdersPage.found, role="status", class_name="sr-only"),
        rx.el.div(
            rx.cond(
                OrdersPage.phase == "shown",
                row_list(),
                _nothing(),
            ),
            class_name="mt-5",
        ),
        rx.el.nav(
            rx.cond(
                OrdersPage.newest_href,
                link(
                    t("Newest orders"),
                    href=OrdersPage.newest_href,
                    class_name=classes.button("secondary"),
                ),
            ),
            rx.cond(
                OrdersPage.older_href,
                link(
                    t("Older orders"),
                    href=OrdersPage.older_href,
                    class_name=f"{classes.button('secondary')} ms-auto",
                ),
            ),
            aria_label=t("Order pages"),
            class_name="mt-5 flex gap-3 empty:hidden",
        ),
        key="list",
    )


def _tab(tab: OrderTab) -> rx.Component:
    return link(
        tab.label,
        rx.el.span(tab.count, class_name="font-normal tabular-nums empty:hidden"),
        href=tab.href,
        aria_current=rx.cond(tab.is_current, "page", None),
        class_name=classes.CHIP,
    )


def _search() -> rx.Component:
    """Finds while one types; Enter puts the words into the address."""
    search: Any = OrdersPage.search
    return plain_form(
        rx.el.label(t("Search orders"), html_for="order-search", class_name="sr-only"),
        icon("search", "pointer-events-none absolute start-3.5 top-3 size-5 text-muted"),
        rx.el.input(
            id="order-search",
            type="search",
            name="q",
            default_value=OrdersPage.text,
            max_length=100,
            auto_complete="off",
            placeholder=t("Service, country or number"),
            on_change=search.debounce(250),
            class_name=f"{classes.FIELD} ps-11",
        ),
        rx.el.input(type="hidden", name="tab", value=OrdersPage.group),
        *(
            rx.cond(value, rx.el.input(type="hidden", name=name, value=value))
            for name, value in _filtered().items()
        ),
        method="get",
        action=f"/{LOCALE}/orders",
        role="search",
        class_name="relative w-full sm:w-72",
    )


def _filtered() -> dict[str, Any]:
    """The filter as the address says it, which a search keeps."""
    chosen: Any = OrdersPage.filter
    return {
        "service": chosen.service,
        "country": chosen.country,
        "key": chosen.key,
        "from": chosen.first_day,
        "to": chosen.last_day,
    }


def _guest(class_name: str = "") -> rx.Component:
    return _message(
        "user",
        t("Sign in to see your orders"),
        t("Only your account can see them."),
        link(
            t("Sign in"),
            href=f"/{LOCALE}/login",
            class_name=classes.button(),
            custom_attrs={"data-sign-in": ""},
        ),
        class_name,
    )


def _none() -> rx.Component:
    return _message(
        "list",
        t("No orders yet"),
        t("Find the service you need a code from. If no code arrives, you pay nothing."),
        link(t("Browse services"), href=f"/{LOCALE}/browse", class_name=classes.button()),
    )


def _nothing() -> rx.Component:
    return _message(
        "search",
        t("No orders found"),
        rx.cond(
            OrdersPage.notice,
            OrdersPage.notice,
            t("Try a different search, or look through all orders."),
        ),
        link(
            t("All orders"),
            href=f"/{LOCALE}/orders",
            class_name=classes.button("secondary"),
        ),
    )


def _message(
    drawing: str,
    title: str,
    text: str | rx.Component,
    way_on: rx.Component,
    class_name: str = "",
) -> rx.Component:
    heading = rx.el.h2(title, class_name=classes.SECTION_TITLE)
    return message_panel(drawing, heading, text, way_on, class_name=f"min-h-[26rem] {class_name}")


def _loading() -> rx.Component:
    return rx.el.div(
        rx.el.p(t("Loading your orders"), role="status", class_name="sr-only"),
        rx.el.div(
            rx.el.div(
                *(
                    rx.el.div(class_name=f"{classes.SKELETON} h-9 w-19 shrink-0 rounded-full")
                    for _ in range(4)
                ),
                class_name="flex flex-wrap gap-2 py-1",
            ),
            rx.el.div(class_name=f"{classes.SKELETON} h-11 w-full rounded-xl sm:w-72"),
            class_name="mt-6 flex flex-wrap items-center justify-between gap-4 max-sm:flex-col "
            "max-sm:items-stretch",
        ),
        rows_skeleton(),
        # React would make the list out of this, which counts as moving things around.
        key="loading",
        class_name="member-only",
    )
