"""The bottom of every page: where else to go, and the one rule."""

from typing import Final

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.settings import get_settings
from jiema_app.site.components import classes
from jiema_app.site.components.brand import wordmark
from jiema_app.site.components.link import link

POPULAR: Final = (
    ("telegram", "Telegram"),
    ("openai", "OpenAI"),
    ("whatsapp", "WhatsApp"),
    ("google", "Google"),
    ("apple", "Apple"),
    ("discord", "Discord"),
)
"""Slugs and names of services that most people come for."""


def footer() -> rx.Component:
    """The footer of every page."""
    return rx.el.footer(
        rx.el.div(
            rx.el.div(
                wordmark(),
                rx.el.p(
                    t(
                        "jiema.my rents out temporary phone numbers for SMS codes. Use "
                        "them only for accounts you own.",
                    ),
                    class_name="mt-4 max-w-xs text-sm leading-relaxed text-muted",
                ),
            ),
            _column(
                t("Popular services"),
                *((name, f"/{LOCALE}/service/{slug}") for slug, name in POPULAR),
            ),
            _column(
                t("Shop"),
                (t("Browse services"), f"/{LOCALE}/browse"),
                (t("Countries"), f"/{LOCALE}/countries"),
                (t("Top up"), f"/{LOCALE}/account/topup"),
                (t("Orders"), f"/{LOCALE}/orders"),
                (t("Account"), f"/{LOCALE}/account"),
            ),
            _column(
                t("Developers"),
                (t("API"), f"/{LOCALE}/api-docs"),
                (t("API keys"), f"/{LOCALE}/account/api-keys"),
                (t("OpenAPI spec"), "/api/v1/openapi.json"),
            ),
            class_name=f"{classes.CONTENT} grid grid-cols-2 gap-x-6 gap-y-10 py-12 "
            "lg:grid-cols-[1.6fr_1fr_1fr_1fr] [&>:first-child]:col-span-2 "
            "lg:[&>:first-child]:col-span-1",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.p(rx.el.bdi("© 2026 jiema.my", dir="ltr")),
                _telegram(),
                class_name="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 "
                "border-t border-line py-6 text-sm text-muted",
            ),
            class_name=classes.CONTENT,
        ),
        class_name="mt-auto border-t border-line bg-sunken",
    )


def _column(title: str, *places: tuple[str, str]) -> rx.Component:
    return rx.el.nav(
        rx.el.h2(title, class_name="text-sm font-semibold"),
        rx.el.ul(
            *(
                rx.el.li(
                    link(
                        label,
                        href=href,
                        class_name="inline-block py-1.5 pointer-coarse:min-w-11 pointer-coarse:py-3 text-sm text-muted hover:text-ink "
                        "hover:underline",
                    )
                )
                for label, href in places
            ),
            class_name="mt-2",
        ),
        aria_label=title,
    )


def _telegram() -> rx.Component:
    """Bot, support and channel, as the settings name them."""
    names = get_settings().contact
    return rx.el.ul(
        *(
            rx.el.li(
                label,
                " · ",
                link(
                    rx.el.bdi(f"@{name}"),
                    href=f"https://t.me/{name}",
                    rel="noopener",
                    class_name="hover:text-ink hover:underline",
                ),
            )
            for label, name in (
                (t("Telegram bot"), names.bot),
                (t("Contact support"), names.support),
                (t("Telegram channel"), names.channel),
            )
        ),
        class_name="flex flex-wrap gap-x-6 gap-y-2",
    )
