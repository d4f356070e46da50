"""Language, notices, help, and what the Mini App leaves to the bot and the web."""

from typing import Any

import reflex as rx

from jiema_app.i18n.locale_list import NATIVE_NAMES
from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.settings import get_settings
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link
from jiema_app.site.miniapp.notices import notices
from jiema_app.site.miniapp.offers import LIST


def more_view() -> rx.Component:
    """All of it."""
    settings = get_settings()
    support = f"https://t.me/{settings.contact.support}"
    bot = f"https://t.me/{settings.telegram.bot_username}"
    return rx.el.div(
        rx.el.h1(t("Settings and help"), class_name="text-2xl font-bold tracking-tight"),
        rx.el.section(
            rx.el.h2(t("Language"), class_name=classes.SECTION_TITLE),
            rx.el.div(
                rx.el.label(t("Language"), html_for="mini-language", class_name="sr-only"),
                rx.el.select(
                    *(
                        rx.el.option(name, value=locale, lang=locale)
                        for locale, name in NATIVE_NAMES.items()
                    ),
                    id="mini-language",
                    default_value=LOCALE,
                    class_name=f"{classes.FIELD} mt-3",
                    custom_attrs={"data-choose-language": ""},
                ),
            ),
        ),
        notices(),
        rx.el.ul(
            rx.el.li(
                link(
                    icon("wallet", "size-5 text-muted"),
                    rx.el.span(t("Withdraw"), class_name="grow"),
                    icon("arrow", "size-4.5 text-muted rtl:-scale-x-100"),
                    href=f"/{LOCALE}/account/withdraw",
                    class_name="flex min-h-14 items-center gap-3 px-4",
                )
            ),
            class_name=LIST,
        ),
        rx.el.section(
            rx.el.h2(t("Help"), class_name=classes.SECTION_TITLE),
            rx.el.ul(
                _way("message", t("Write to support"), support),
                _way("bell", t("Our bot"), bot),
                _way("list", t("Questions and answers"), f"/{LOCALE}/faq", is_web=True),
                _way("globe", t("The shop on the web"), f"/{LOCALE}", is_web=True),
                class_name=f"mt-3 {LIST}",
            ),
        ),
        class_name=f"{classes.CONTENT} grid gap-6 pt-3 pb-8 [&>*]:min-w-0",
    )


def _way(drawing: str, words: Any, href: str, *, is_web: bool = False) -> rx.Component:
    return rx.el.li(
        link(
            icon(drawing, "size-5 text-muted"),
            rx.el.span(words, class_name="grow"),
            icon("external", "size-4.5 text-muted"),
            href=href,
            target="_blank",
            rel="noopener",
            class_name="flex min-h-14 items-center gap-3 px-4",
            **({"custom_attrs": {"data-web": ""}} if is_web else {}),
        )
    )
