"""The frame of every public page: header, main, footer."""

import reflex as rx

from jiema_app.components.brand import wordmark
from jiema_app.components.language_links import language_links
from jiema_app.layouts.page import Page, head_links
from jiema_app.locale_list import text_direction
from jiema_app.settings import get_settings
from jiema_app.translation import is_translated, t

CONTENT_WIDTH = "mx-auto w-full max-w-6xl px-5 sm:px-8"


def shop_layout(page: Page, *sections: rx.Component) -> rx.Component:
    """Frame the sections of a page."""
    # Until a language has its catalogue its pages are English, and say so to screen
    # readers; the page around them keeps its own language and direction.
    words = page.locale if is_translated(page.locale) else "en"
    return rx.el.div(
        *head_links(page, get_settings().locales),
        rx.el.a(
            t(page.locale, "Skip to content"),
            href="#content",
            class_name="sr-only focus:not-sr-only focus:absolute focus:start-4 focus:top-4 "
            "focus:z-50 focus:rounded-lg focus:bg-accent focus:px-4 focus:py-2 focus:text-on-accent",
        ),
        _header(page),
        rx.el.main(*sections, id="content", tab_index=-1, class_name="grow outline-none"),
        _footer(page),
        class_name="flex min-h-screen flex-col bg-paper text-ink antialiased",
        lang=words if words == "en" != page.locale else None,
        dir=text_direction(words) if words == "en" != page.locale else None,
    )


def _header(page: Page) -> rx.Component:
    locale = page.locale
    link = "rounded-md px-2 py-1 text-muted hover:text-ink"
    return rx.el.header(
        rx.el.div(
            rx.el.a(wordmark(), href=f"/{locale}", aria_label="jiema.my"),
            rx.el.nav(
                rx.el.a(
                    t(locale, "How it works"),
                    href="#how",
                    class_name=f"{link} max-sm:hidden",
                ),
                rx.el.a(t(locale, "API"), href="#api", class_name=link),
                rx.el.a(
                    t(locale, "Languages"),
                    href="#languages",
                    class_name=link,
                ),
                aria_label=t(locale, "Main"),
                class_name="flex items-center gap-1 text-sm sm:gap-3",
            ),
            class_name=f"{CONTENT_WIDTH} flex h-16 items-center justify-between",
        ),
        class_name="sticky top-0 z-40 border-b border-line bg-paper/90 backdrop-blur",
    )


def _footer(page: Page) -> rx.Component:
    locale = page.locale
    return rx.el.footer(
        rx.el.div(
            rx.el.div(
                wordmark(),
                rx.el.p(
                    t(
                        locale,
                        "jiema.my is a temporary-number receiver. Use only on accounts you own.",
                    ),
                    class_name="mt-3 max-w-md text-sm leading-relaxed text-muted",
                ),
                rx.el.p("© 2026 jiema.my", class_name="mt-6 text-sm text-muted"),
            ),
            language_links(page.locale, page.path, t(locale, "Languages")),
            class_name=f"{CONTENT_WIDTH} grid gap-10 py-12 md:grid-cols-[1fr_1.4fr]",
        ),
        class_name="border-t border-line bg-sunken",
    )
