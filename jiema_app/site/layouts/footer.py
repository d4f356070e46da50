"""The bottom of every page: where else to go, and the one rule."""

import reflex as rx

from jiema_app.i18n.page_texts import LOCALE, t
from jiema_app.settings import get_settings
from jiema_app.site.components import classes
from jiema_app.site.components.brand import wordmark
from jiema_app.site.components.link import link
from jiema_app.site.layouts.places import (
    COPYRIGHT,
    DISCLAIMER,
    FOOTER,
    SERVICES,
    SMALL,
    telegram_labels,
)

QUIET_LINK = "hover:text-ink hover:underline"


def footer() -> rx.Component:
    """The footer of every page."""
    return rx.el.footer(
        rx.el.div(
            rx.el.div(
                wordmark(),
                rx.el.p(DISCLAIMER, class_name="mt-4 max-w-xs text-sm leading-relaxed text-muted"),
            ),
            *(_column(column.title, *column.places) for column in FOOTER),
            _column(
                t("Numbers for"),
                *((name, f"/{LOCALE}/service/{slug}") for slug, name in SERVICES),
            ),
            class_name=f"{classes.CONTENT} grid grid-cols-2 gap-x-6 gap-y-10 py-12 md:grid-cols-4 "
            "lg:grid-cols-[1.4fr_1fr_1fr_1fr_1fr] [&>:first-child]:col-span-2 "
            "md:[&>:first-child]:col-span-4 lg:[&>:first-child]:col-span-1",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.p(rx.el.bdi(COPYRIGHT, dir="ltr")),
                _small(),
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


def _small() -> rx.Component:
    return rx.el.ul(
        *(
            rx.el.li(
                link(
                    label,
                    href=href,
                    class_name=f"{QUIET_LINK} inline-block pointer-coarse:min-w-11 pointer-coarse:py-3",
                )
            )
            for label, href in SMALL
        ),
        class_name="flex flex-wrap gap-x-6 gap-y-2",
    )


def _telegram() -> rx.Component:
    """Bot, support and channel, as the settings name them."""
    handles = get_settings().telegram_names
    return rx.el.ul(
        *(
            rx.el.li(
                label,
                " · ",
                link(
                    rx.el.bdi(f"@{name}"),
                    href=f"https://t.me/{name}",
                    rel="noopener",
                    class_name=f"{QUIET_LINK} inline-block pointer-coarse:py-3",
                ),
            )
            for label, name in zip(telegram_labels(), handles, strict=True)
        ),
        class_name="flex flex-wrap gap-x-6 gap-y-2",
    )
