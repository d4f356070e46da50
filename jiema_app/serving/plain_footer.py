"""The footer of every page, without anything to load: for the page that says that there is none."""

from html import escape

from jiema_app.i18n.tokens import in_language
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
    names = get_settings().contact
    handles = (names.bot, names.support, names.channel)
    small = "".join(_link(name, href) for name, href in SMALL)
    telegram = "".join(
        f'<span>{escape(label)} · <a href="https://t.me/{name}"><bdi>@{name}</bdi></a></span>'
        for label, name in zip(telegram_labels(), handles, strict=True)
    )
    html = (
        f'<footer><div class="cols"><p>{escape(DISCLAIMER)}</p>'
        f"{''.join(map(_column, FOOTER))}</div>"
        f'<div class="end"><bdi dir="ltr">{COPYRIGHT}</bdi>{small}{telegram}</div></footer>'
    )
    return in_language(html, locale)


def _column(column: Column) -> str:
    links = "".join(_link(name, href) for name, href in column.places)
    title = escape(column.title)
    return f'<section><h2>{title}</h2><nav aria-label="{title}">{links}</nav></section>'


def _link(name: str, href: str) -> str:
    return f'<a href="{escape(href)}">{escape(name)}</a>'
