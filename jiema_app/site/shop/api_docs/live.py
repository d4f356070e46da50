"""The API documentation: prose in the reader's language, wire examples as they are."""

import re
from collections.abc import Mapping
from typing import Final

from markupsafe import Markup, escape

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.figures.ranking import SAMPLE_MIN
from jiema_app.domain.figures.rollup import WINDOW
from jiema_app.domain.orders.service import IDS_MAX
from jiema_app.i18n.api_texts import error_meanings, status_meanings
from jiema_app.i18n.formats import duration
from jiema_app.i18n.translation import words_locale
from jiema_app.settings import get_settings
from jiema_app.site.components import classes
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import render
from jiema_app.site.shop.api_docs.examples import EXAMPLES

_CODE_IN_PROSE: Final = re.compile(r"`([^`]+)`")
_STRING_OR_COMMENT: Final = re.compile(
    r"""(?P<string>"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'|`[^`]*`)|(?P<comment>(?:\#\s|(?<!:)//)[^\n]*)"""
)
_COLOURS: Final = {"string": "text-terminal-accent", "comment": "text-terminal-muted"}


def api_docs_part(_catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The whole documentation: as a part of the page's code it would weigh on every visit."""
    settings, words = get_settings(), words_locale(locale)
    return LivePart(
        slots={
            "documentation": render(
                "shop/api_docs/api_docs.jinja",
                locale,
                origin=settings.origin,
                limits=settings.limits,
                window=duration(words, settings.orders.window_s),
                kept=duration(words, settings.orders.retention_s),
                remembered=duration(words, settings.orders.idempotency_retention_s),
                next_sms_max=settings.orders.next_sms_max,
                ids_max=IDS_MAX,
                figures_time=duration(words, int(WINDOW.total_seconds())),
                figures_min=SAMPLE_MIN,
                errors=error_meanings(words),
                statuses=status_meanings(words),
                examples={example.name: example for example in EXAMPLES},
                prose=prose,
                paint=paint,
            )
        }
    )


def prose(text: str, links: Mapping[str, str] | None = None) -> Markup:
    """A sentence in which what stands between backticks is code, or a link with that text."""

    def show(match: re.Match[str]) -> Markup:
        code = match[1]
        if links and code in links:
            return Markup('<a class="{}" href="{}"><code dir="ltr">{}</code></a>').format(
                classes.TEXT_LINK, links[code], code
            )
        return Markup('<code dir="ltr">{}</code>').format(code)

    parts = []
    start = 0
    for match in _CODE_IN_PROSE.finditer(text):
        parts += [escape(text[start : match.start()]), show(match)]
        start = match.end()
    return Markup("").join([*parts, escape(text[start:])])


def paint(code: str) -> Markup:
    """Code with its strings and comments in colours of their own; not a character is changed."""
    parts = []
    start = 0
    for match in _STRING_OR_COMMENT.finditer(code):
        colour = _COLOURS[match.lastgroup or ""]
        painted = Markup('<span class="{}">{}</span>').format(colour, match[0])
        parts += [escape(code[start : match.start()]), painted]
        start = match.end()
    return Markup("").join([*parts, escape(code[start:])])
