"""The frame of every page of the shop: header, main, footer."""

import reflex as rx

from jiema_app.i18n.locale_list import text_direction
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.components import classes
from jiema_app.site.components.connection import connection_notice
from jiema_app.site.components.link import link
from jiema_app.site.layouts.footer import footer
from jiema_app.site.layouts.header import header
from jiema_app.site.pages.page import Page


def shop_layout(page: Page, *sections: rx.Component) -> rx.Component:
    """Frame the sections of a page."""
    # Until a language has its catalogue its pages are English, and say so to screen
    # readers; the page around them keeps its own language and direction.
    words = words_locale(page.locale)
    is_borrowed = words != page.locale
    return rx.el.div(
        link(
            t(page.locale, "Skip to content"),
            href="#content",
            class_name="sr-only focus:not-sr-only focus:absolute focus:start-4 focus:top-3 "
            f"focus:z-50 {classes.button()}",
        ),
        header(page),
        rx.el.main(*sections, id="content", tab_index=-1, class_name="grow outline-none"),
        footer(page),
        connection_notice(page.locale),
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
        lang=words if is_borrowed else None,
        dir=text_direction(words) if is_borrowed else None,
    )
