"""The page of several orders, side by side: those that one click bought."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.account.together.rows import row_list, rows_skeleton
from jiema_app.site.account.together.state import TogetherPage
from jiema_app.site.components import classes
from jiema_app.site.components.copy_button import copy_button
from jiema_app.site.components.dialog import confirmation, opener
from jiema_app.site.components.facts import fact, facts
from jiema_app.site.components.link import link
from jiema_app.site.components.owned_item import columns, head, loading, next_steps, owned_item
from jiema_app.site.components.skeleton import bar
from jiema_app.site.layouts.shop import shop_layout
from jiema_app.site.pages.page import Page

CANCEL = "cancel-dialog"


def together() -> Page:
    """The page."""

    def body() -> rx.Component:
        return shop_layout(page, _page())

    page = Page(
        path="orders/together/[orders]",
        title=t("Your numbers · jiema.my"),
        description=t("Numbers you bought together, with the codes they receive."),
        body=body,
        on_load=(TogetherPage.load,),
    )
    return page


def _page() -> rx.Component:
    return owned_item(
        TogetherPage,
        every=(t("All orders"), f"/{LOCALE}/orders"),
        shown=_orders(),
        missing=t("Orders not found"),
        skeleton=loading(
            t("Loading your orders"),
            heading=(rx.el.div(bar("h-7 w-44"), bar("mt-2 h-5 w-28"), class_name="grow"),),
            main=(rows_skeleton(),),
            aside=("h-40",),
        ),
        guest=(t("Sign in to see your orders"), t("Only your account can see them.")),
    )


def _orders() -> rx.Component:
    sums = TogetherPage.sums
    return rx.el.article(
        head(
            rx.el.div(
                rx.el.h1(sums.title, class_name="text-2xl font-bold tracking-tight"),
                rx.el.p(sums.codes, class_name="mt-0.5 text-muted tabular-nums"),
                class_name="min-w-0 grow",
            ),
            rx.cond(sums.phones, copy_button(sums.phones, t("Copy all numbers"))),
        ),
        columns(
            (
                rx.el.div(
                    rx.cond(
                        TogetherPage.shortage,
                        rx.el.p(
                            TogetherPage.shortage,
                            rx.cond(
                                TogetherPage.topup_href,
                                rx.fragment(
                                    " ",
                                    link(
                                        t("Top up"),
                                        href=TogetherPage.topup_href,
                                        class_name=f"{classes.LONE_LINK} underline",
                                    ),
                                ),
                            ),
                            class_name=classes.notice("waiting"),
                        ),
                    ),
                    rx.cond(
                        TogetherPage.notice,
                        rx.el.p(TogetherPage.notice, class_name=classes.notice("waiting")),
                    ),
                    rx.cond(
                        TogetherPage.good_news,
                        rx.el.p(TogetherPage.good_news, class_name=classes.notice("good")),
                    ),
                    role="status",
                    class_name="grid gap-3 empty:absolute",
                ),
                row_list(),
                rx.cond(sums.cancel, _cancel()),
            ),
            (
                facts(
                    fact(t("Waiting for a code"), rx.el.bdi(sums.waiting, dir="ltr")),
                    fact(t("Total price"), rx.el.bdi(sums.price, dir="ltr")),
                    fact(t("Refunded"), rx.el.bdi(sums.refunded, dir="ltr")),
                ),
                rx.el.p(
                    t(
                        "Each number is an order of its own. If no code arrives on it, its full "
                        "price goes back to your balance."
                    ),
                    class_name="text-sm leading-relaxed text-muted",
                ),
            ),
            about=t("About these orders"),
        ),
        custom_attrs={"data-server-now": TogetherPage.server_now},
    )


def _cancel() -> rx.Component:
    """For who needs none of the numbers any more that still wait."""
    sums = TogetherPage.sums
    return next_steps(
        opener(CANCEL, sums.cancel, tone="danger"),
        questions=(
            confirmation(
                CANCEL,
                t("Cancel the waiting orders?"),
                rx.el.p(sums.cancel_text),
                keep=t("Keep waiting"),
                act=t("Cancel orders"),
                on_click=TogetherPage.cancel_waiting,
            ),
        ),
    )
