"""The frame of every page of the shop: header, main, footer."""

import reflex as rx

from jiema_app.i18n.page_texts import BORROWED_DIRECTION, BORROWED_TAG, t
from jiema_app.site.components import classes
from jiema_app.site.components.connection import connection_notice
from jiema_app.site.components.link import link
from jiema_app.site.layouts.footer import footer
from jiema_app.site.layouts.header import header
from jiema_app.site.pages.page import Page


def shop_layout(page: Page, *sections: rx.Component) -> rx.Component:
    """Frame the sections of a page."""
    return rx.el.div(
        link(
            t("Skip to content"),
            href="#content",
            class_name="sr-only focus:not-sr-only focus:absolute focus:start-4 focus:top-3 "
            f"focus:z-50 {classes.button()}",
        ),
        header(page),
        rx.el.main(*sections, id="content", tab_index=-1, class_name="grow outline-none"),
        footer(),
        connection_notice(),
        rx.el.div(
            id="toasts",
            role="status",
            aria_live="polite",
            class_name="pointer-events-none fixed inset-x-0 bottom-4 z-50 flex flex-col "
            "items-center gap-2 px-4",
        ),
        # Relative, or what stands hidden outside of it would widen the document.
        class_name="relative flex min-h-screen flex-col overflow-x-clip bg-paper text-ink "
        "antialiased",
        # Until a language has its catalogue its pages are English, and say so to screen
        # readers; the page around them keeps its own language and direction.
        lang=BORROWED_TAG,
        dir=BORROWED_DIRECTION,
    )
