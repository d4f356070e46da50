"""Jinja2 as live parts use it: escaping on, words bound to a language, our components."""

from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jiema_app.domain.units import Cents, micro
from jiema_app.i18n.formats import money, number
from jiema_app.i18n.locale_list import text_direction
from jiema_app.i18n.translation import t, tc, tn, words_locale
from jiema_app.site.components import classes
from jiema_app.site.design.artwork import TEMPLATE_GLOBALS

TEMPLATES: Final = Path(__file__).parents[1]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(TEMPLATE_GLOBALS, classes=classes)
    return environment


def render(template: str, locale: str, **values: Any) -> str:
    """Render a template in the language of ``locale``.

    Templates write ``_("English text")`` for words, ``ngettext(one, many, n)`` where a
    number decides, ``pgettext(context, text)`` for words with two meanings, ``price(cents)``
    and ``number(n)`` for figures, and ``href("browse")`` for addresses of ours.
    """
    words = words_locale(locale)
    return (
        _environment()
        .get_template(template)
        .render(
            locale=locale,
            words=words,
            direction=text_direction(words),
            href=partial(_href, locale),
            price=partial(price, words),
            number=partial(number, words),
            _=partial(t, words),
            pgettext=partial(tc, words),
            ngettext=partial(tn, words),
            **values,
        )
    )


def price(locale: str, cents: int) -> str:
    """A price of the catalogue, as pages of ``locale`` write it."""
    return money(locale, micro(Cents(cents)))


def _href(locale: str, path: str) -> str:
    return f"/{locale}/{path}".rstrip("/")
