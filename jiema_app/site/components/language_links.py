"""The same page in every language, as plain links."""

from typing import Protocol

import reflex as rx

from jiema_app.i18n.locale_list import NATIVE_NAMES, language_tag, text_direction
from jiema_app.settings import get_settings
from jiema_app.site.components.icons import icon
from jiema_app.site.components.link import link


class Localised(Protocol):
    """A page, as far as its languages go."""

    @property
    def locale(self) -> str: ...  # noqa: D102
    def href_in(self, locale: str) -> str: ...  # noqa: D102


def language_links(page: Localised, label: str) -> rx.Component:
    """A list of links to the page in each language that was built."""
    return rx.el.nav(
        rx.el.h2(label, class_name="px-3 text-sm font-semibold"),
        rx.el.ul(
            *(_language(page, locale) for locale in get_settings().locales),
            class_name="mt-2 grid grid-cols-2 gap-x-2",
        ),
        aria_label=label,
    )


def _language(page: Localised, locale: str) -> rx.Component:
    is_current = locale == page.locale
    tone = "font-semibold text-ink" if is_current else "text-muted hover:text-ink"
    return rx.el.li(
        link(
            # The name keeps its own direction and stands below the others all the same.
            rx.el.bdi(NATIVE_NAMES[locale], dir=text_direction(locale)),
            icon("check", "size-4.5 text-accent") if is_current else rx.fragment(),
            href=page.href_in(locale),
            href_lang=language_tag(locale),
            lang=language_tag(locale),
            aria_current="true" if is_current else None,
            class_name=f"flex min-h-11 items-center gap-2 rounded-lg px-3 hover:bg-sunken {tone}",
            custom_attrs={"data-locale": locale},
        )
    )
