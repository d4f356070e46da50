"""What stands around every view of the Mini App: the balance above it, the ways below it."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.site.components.brand import wordmark
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.miniapp import views
from jiema_app.site.miniapp.state import MiniApp
from jiema_app.site.states.visitor import Session

_SIDE = "ps-[max(1rem,var(--tg-safe-area-inset-left,0px))] pe-[max(1rem,var(--tg-safe-area-inset-right,0px))]"


def top_bar() -> rx.Component:
    """The name, and the balance, which leads to topping up."""
    return rx.el.header(
        link(wordmark(), href=f"/{LOCALE}/browse", class_name="flex min-h-11 items-center"),
        link(
            icon("wallet", "size-4.5 text-muted"),
            rx.el.span(t("Balance"), class_name="sr-only"),
            rx.el.bdi(
                rx.cond(Session.balance, Session.balance, "…"),
                dir="ltr",
                class_name="tabular-nums",
            ),
            href=f"/{LOCALE}/account/topup",
            class_name="inline-flex min-h-11 items-center gap-2 rounded-xl bg-sunken px-3.5 "
            "text-sm font-semibold",
        ),
        # The room that Telegram's own buttons and a phone's camera take.
        class_name=f"flex items-center justify-between gap-4 {_SIDE} pb-2 "
        "pt-[calc(0.5rem+var(--tg-safe-area-inset-top,0px)+var(--tg-content-safe-area-inset-top,0px))]",
    )


def bottom_bar() -> rx.Component:
    """The ways to the views that are always at hand."""
    return rx.el.nav(
        _way(t("Buy"), "plus", "browse", (views.HOME, views.SERVICE)),
        _way(t("Orders"), "list", "orders", (views.ORDERS, views.ORDER)),
        _way(t("Top up"), "wallet", "account/topup", (views.TOP_UP, views.RECHARGE)),
        _way(t("Invite"), "share", "invite", (views.INVITE, views.WITHDRAW)),
        # Translators: a tab; behind it are settings and help.
        _way(t("More"), "menu", "account", (views.MORE,)),
        aria_label=t("Main navigation"),
        class_name="sticky bottom-0 z-30 grid grid-cols-5 border-t border-line bg-surface "
        "pb-[calc(var(--tg-safe-area-inset-bottom,0px)+var(--tg-content-safe-area-inset-bottom,0px))]",
    )


def _way(words: str, drawing: str, path: str, of: tuple[str, ...]) -> rx.Component:
    is_here = MiniApp.view == of[0]
    for view in of[1:]:
        is_here = is_here | (MiniApp.view == view)
    return link(
        icon(drawing, "size-5.5"),
        rx.el.span(words, class_name="max-w-full truncate px-1 text-xs font-medium"),
        href=f"/{LOCALE}/{path}",
        aria_current=rx.cond(is_here, "page", None),
        class_name="flex min-h-14 min-w-0 flex-col items-center justify-center gap-0.5 text-muted "
        "aria-[current]:text-accent focus-visible:[outline-offset:-3px]",
    )
