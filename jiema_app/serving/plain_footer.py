"""The footer of every page, without anything to load: for the page that says that there is none."""

from collections.abc import Sequence
from html import escape

from jiema_app.i18n.locale_list import NATIVE_NAMES, language_tag, text_direction
from jiema_app.i18n.tokens import in_language
from jiema_app.i18n.translation import t
from jiema_app.settings import get_settings
from jiema_app.site.layouts.places import (
    COPYRIGHT,
    DISCLAIMER,
    FOOTER,
    SMALL,
    Column,
    telegram_labels,
)


def plain_footer(locale: str) -> str:
    """The footer in the language of ``locale``, as HTML."""
    settings = get_settings()
    handles = settings.telegram_names
    small = "".join(_link(name, href) for name, href in SMALL)
    telegram = "".join(
        f'<span>{escape(label)} · <a href="https://t.me/{name}"><bdi>@{name}</bdi></a></span>'
        for label, name in zip(telegram_labels(), handles, strict=True)
    )
    html = (
        f'<footer><div class="cols"><p>{escape(DISCLAIMER)}</p>'
        f"{''.join(map(_column, FOOTER))}</div>{_languages(locale, settings.locales)}"
        f'<div class="end"><bdi dir="ltr">{COPYRIGHT}</bdi>{small}{telegram}</div></footer>'
    )
    return in_language(html, locale)


def _column(column: Column) -> str:
    links = "".join(_link(name, href) for name, href in column.places)
    title = escape(column.title)
    return f'<section><h2>{title}</h2><nav aria-label="{title}">{links}</nav></section>'


def _languages(locale: str, served: Sequence[str]) -> str:
    """The home page in each language: there is no page here to keep."""
    links = "".join(
        f'<a href="/{each}" lang="{language_tag(each)}" hreflang="{language_tag(each)}">'
        f'<bdi dir="{text_direction(each)}">{NATIVE_NAMES[each]}</bdi></a>'
        for each in served
    )
    title = escape(t(locale, "Languages"))
    return f'<details><summary>{title}</summary><nav aria-label="{title}">{links}</nav></details>'


def _link(name: str, href: str) -> str:
    return f'<a href="{escape(href)}">{escape(name)}</a>'
