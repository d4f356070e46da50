"""Jinja2 as live parts use it: escaping on, words bound to a language, our components.

A list may have a thousand rows, and drawing one takes Jinja fifty microseconds. So the macro
of a row is drawn once for each language, with marks in the place of its values, and each row
is that text with its values put in.
"""

import re
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from jiema_app.domain.units import Cents, micro
from jiema_app.i18n.formats import money, number
from jiema_app.i18n.locale_list import text_direction
from jiema_app.i18n.translation import Inflected, t, tc, tn, words_locale
from jiema_app.site.components import classes
from jiema_app.site.design.artwork import TEMPLATE_GLOBALS

TEMPLATES: Final = Path(__file__).parents[1]

AS_IT_IS: Final = frozenset({Markup, int})
"""What needs no escaping. Exactly these: who derives from them may write itself otherwise."""

MARK: Final = re.compile("\0([0-9]+)(?::([a-z]+))?\0")
"""Stands for a value in a row, and for the case in which its words want it. No text of ours and no
name of the catalogue holds such a character."""


class Mark(Markup, Inflected):
    """A place in a row whose value may have to stand in a grammatical case."""

    __slots__ = ()

    @classmethod
    def at(cls, place: int) -> "Mark":
        """The mark of the argument at a place."""
        return cls(f"\0{place}\0")

    def in_case(self, case: str) -> str:
        """The same place, for a value in a case."""
        return f"\0{self.strip(chr(0))}:{case}\0"


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
    return _environment().get_template(template).render(**_tools(locale), **values)


class RowTemplate:
    """A macro of a template in one language, drawn once, with room for the values of each row."""

    def __init__(self, template: str, macro: str, locale: str) -> None:
        module = _environment().get_template(template).make_module(_tools(locale))
        draw = getattr(module, macro)
        self._names: tuple[str, ...] = draw.arguments
        html = str(draw(*(Mark.at(place) for place in range(len(self._names)))))
        pieces = MARK.split(html)
        self._text = "%s".join(piece.replace("%", "%%") for piece in pieces[::3])
        places = {str(place): place for place in range(len(self._names))}
        self._places = [places[place] for place in pieces[1::3]]
        self._cases = tuple(pieces[2::3]) if any(pieces[2::3]) else ()

    def fill(self, *values: object) -> Markup:
        """A row: a value for each argument of the macro, escaped unless it is HTML already.

        The macro may put values into words and addresses, but decides nothing by them.
        """
        if len(values) != len(self._names):
            raise TypeError(f"a row wants {self._names}")
        if self._cases:
            places = zip(self._places, self._cases, strict=True)
            bent = [_in_case(values[place], case) for place, case in places]
            return Markup(self._text % tuple(map(_escaped, bent)))  # noqa: S704
        html = [value if type(value) in AS_IT_IS else escape(value) for value in values]
        return Markup(self._text % tuple([html[place] for place in self._places]))  # noqa: S704


def _in_case(value: object, case: str | None) -> object:
    return value.in_case(case) if case and isinstance(value, Inflected) else value


def _escaped(value: object) -> object:
    return value if type(value) in AS_IT_IS else escape(value)


@cache
def row_template(template: str, macro: str, locale: str) -> RowTemplate:
    """The macro of a template in a language."""
    return RowTemplate(template, macro, locale)


def joined(rows: Iterable[Markup]) -> Markup:
    """Rows as a list holds them, each on a line of its own."""
    return Markup("".join([f"{row}\n" for row in rows]))  # noqa: S704 - all of it is HTML


@cache
def _tools(locale: str) -> dict[str, Any]:
    words = words_locale(locale)
    return {
        "locale": locale,
        "words": words,
        "direction": text_direction(words),
        "href": partial(_href, locale),
        "price": partial(price, words),
        "number": partial(number, words),
        "_": partial(t, words),
        "pgettext": partial(tc, words),
        "ngettext": partial(tn, words),
    }


def price(locale: str, cents: int) -> str:
    """A price of the catalogue, as pages of ``locale`` write it."""
    return money(locale, micro(Cents(cents)))


def _href(locale: str, path: str) -> str:
    return f"/{locale}/{path}".rstrip("/")
