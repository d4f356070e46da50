"""What the Mini App says where it cannot be one: no Telegram around it, or a launch that is over."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.settings import get_settings
from jiema_app.site.components import classes
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link


def outside() -> rx.Component:
    """All of it is in the document; ``page.js`` says which of it is shown."""
    return rx.el.main(
        _panel(
            "none",
            t("Open this in Telegram"),
            t(
                "This page is a part of our Telegram bot. Open it from the bot, or use the shop on "
                "the web: everything is there, too."
            ),
        ),
        _panel(
            "blocked",
            t("Telegram can't be reached"),
            t(
                "A script of Telegram's that this page needs could not be loaded. Your network may "
                "block it. You can use the shop on the web: everything is there, too."
            ),
        ),
        _panel(
            "stale",
            t("Open the shop again from the bot"),
            t(
                "For your safety this window has been signed out. Close it and open the shop again "
                "from the bot. Your orders keep running."
            ),
        ),
        _panel(
            "refused",
            t("We can't let you in"),
            t(
                "We can't serve this account or location. If you think this is a mistake, contact support."
            ),
        ),
        class_name="[html:not([data-launch])_&]:hidden",
    )


def _panel(launch: str, title: str, text: str) -> rx.Component:
    bot = get_settings().telegram.bot_username
    return rx.el.section(
        rx.el.span(
            icon("message", "size-6"),
            class_name="mb-4 grid size-12 place-items-center rounded-full bg-tint text-accent",
        ),
        rx.el.h1(title, class_name="text-2xl font-bold tracking-tight text-balance"),
        rx.el.p(text, class_name="mt-2 max-w-md leading-relaxed text-pretty text-muted"),
        rx.el.div(
            link(t("Open the bot"), href=f"https://t.me/{bot}", class_name=classes.button()),
            link(
                t("Shop on the web"),
                href=f"/{LOCALE}",
                target="_blank",
                rel="noopener",
                class_name=classes.button("secondary"),
                custom_attrs={"data-web": ""},
            ),
            class_name="mt-6 flex flex-wrap justify-center gap-3",
        ),
        role="alert",
        class_name="hidden min-h-(--mini-height) flex-col items-center justify-center px-6 py-14 "
        f"text-center [html[data-launch={launch}]_&]:flex",
    )
