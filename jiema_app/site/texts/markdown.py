"""Markdown of the long texts as the HTML of a page.

CommonMark with tables, and no HTML of its own. Values are put in after the text was parsed, so
that none can become markup; in a right-to-left text each stands isolated, but not in addresses.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from jiema_app.i18n.long_texts import LongText, long_text
from jiema_app.i18n.translation import filled
from jiema_app.settings import get_settings

WRITTEN_ORIGIN: Final = "https://jiema.my"
"""Stands in examples for the address of this installation."""

NOT_IN_ANCHORS: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the first level below the title."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as HTML, and what it is divided into."""

    html: Markup
    headings: tuple[Heading, ...]


@cache
def parser() -> MarkdownIt:
    """The Markdown that our texts are written in."""
    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


def rendered(text: LongText, locale: str, values: Mapping[str, object]) -> Rendered:
    """A text as HTML.

    Headings are named after the English ones: an address with an anchor leads to the same place
    in every language.

    Args:
        text: In the language that its reader gets.
        locale: The page's: of links.
        values: What its placeholders stand for; it need not use all.

    Raises:
        KeyError: A placeholder has no value.
    """
    tokens = parser().parse(text.body)
    anchors = _anchors(text)
    headings: list[Heading] = []
    for number, at in enumerate(heading_places(tokens)):
        # A translation that fell behind may have another number of them.
        anchor = anchors[number] if number < len(anchors) else f"part-{number + 1}"
        tokens[at].attrSet("id", anchor)
        if tokens[at].tag == "h2":
            words = filled(heading_text(tokens, at), values, text.locale)
            headings.append(Heading(anchor, words))
    _fill(tokens, text.locale, locale, values)
    html = parser().renderer.render(tokens, parser().options, {})
    html = html.replace("<table>", '<div class="overflow-x-auto" tabindex="0"><table>')
    html = html.replace("</table>", "</table></div>")
    html = html.replace("<pre>", '<pre dir="ltr" tabindex="0">').replace("<code", '<code dir="ltr"')
    return Rendered(Markup(html), tuple(headings))  # noqa: S704 - of our own texts, HTML is off


def plain_text(body: str, locale: str, values: Mapping[str, object]) -> str:
    """The words of a piece of Markdown, for structured data."""
    tokens = parser().parse(body)
    words = (
        "".join(child.content if child.type != "softbreak" else " " for child in token.children)
        for token in tokens
        if token.children
    )
    return filled(" ".join(words), values, locale, isolated=False)


def heading_places(tokens: Sequence[Token]) -> list[int]:
    """Where the headings of a text stand."""
    return [at for at, token in enumerate(tokens) if token.type == "heading_open"]


def heading_text(tokens: Sequence[Token], at: int) -> str:
    """The words of the heading that begins there."""
    children = tokens[at + 1].children or ()
    return "".join(child.content for child in children)


def anchor_of(heading: str) -> str:
    """A heading as an anchor has it: ``no-code-arrives``."""
    return NOT_IN_ANCHORS.sub("-", heading.lower().replace("'", "")).strip("-")


def _anchors(text: LongText) -> list[str]:
    english = long_text(text.kind, text.slug, "en").body
    tokens = parser().parse(english)
    return [anchor_of(heading_text(tokens, at)) for at in heading_places(tokens)]


def _fill(tokens: Sequence[Token], words: str, locale: str, values: Mapping[str, object]) -> None:
    for token in tokens:
        if token.type in {"fence", "code_block"}:
            token.content = token.content.replace(WRITTEN_ORIGIN, get_settings().origin)
        elif token.type == "text":
            token.content = filled(token.content, values, words)
        elif token.type == "link_open":
            _lead(token, locale, values)
        if token.children:
            _fill(token.children, words, locale, values)


def _lead(link: Token, locale: str, values: Mapping[str, object]) -> None:
    address = filled(unquote(str(link.attrs["href"])), values, locale, isolated=False)
    if address.startswith("/"):
        # What has no language of its own: /api/v1/openapi.json, /llms.txt.
        has_language = not address.startswith("/api/") and "." not in address
        address = f"/{locale}{address}".rstrip("/") if has_language else address
    elif not address.startswith("#"):
        link.attrSet("rel", "noopener")
        # A name such as @support, whose sign would change sides between right-to-left words.
        link.attrSet("dir", "ltr")
    link.attrSet("href", address)
