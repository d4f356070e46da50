"""The same page in every language, as plain links."""

import reflex as rx

from jiema_app.locale_list import NATIVE_NAMES, language_tag, text_direction
from jiema_app.settings import get_settings


def language_links(current: str, path: str, label: str) -> rx.Component:
    """A list of links to the page at ``path`` in each language that was built."""
    return rx.el.nav(
        rx.el.h2(label, class_name="text-sm font-semibold"),
        rx.el.ul(
            *(_language(locale, current, path) for locale in get_settings().locales),
            class_name="mt-4 grid grid-cols-2 gap-x-6 gap-y-1 sm:grid-cols-3 lg:grid-cols-4",
        ),
        id="languages",
        aria_label=label,
    )


def _language(locale: str, current: str, path: str) -> rx.Component:
    tone = "font-semibold text-ink" if locale == current else "text-muted hover:text-ink"
    return rx.el.li(
        rx.el.a(
            NATIVE_NAMES[locale],
            href=f"/{locale}/{path}".rstrip("/"),
            href_lang=language_tag(locale),
            lang=language_tag(locale),
            dir=text_direction(locale),
            aria_current="page" if locale == current else None,
            class_name=f"inline-block rounded-md py-1.5 text-sm hover:underline {tone}",
        )
    )
