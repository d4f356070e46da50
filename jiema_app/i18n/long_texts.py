"""The long texts: pages that explain, legal pages and articles, one Markdown file a language.

``texts/pages/<slug>/<locale>.md`` is a page at ``/<locale>/<slug>``, ``texts/blog/<slug>/`` an
article. The English file says when it was written, its tags and whether it is a legal text; a
translation says of which version of it it is one (``source``), so that ``make locales`` can
tell which fell behind.

Figures are placeholders, as in the catalogues: ``{window}``. Who renders a text fills them in.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from jiema_app.i18n.translation import words_locale

TEXTS: Final = Path(__file__).with_name("texts")
FENCE: Final = "---\n"

TEXTS_KEPT: Final = 64
"""Of some four hundred. A page that was made is kept itself, and reading a file takes two
milliseconds."""

Kind = Literal["pages", "blog"]
KINDS: Final[tuple[Kind, ...]] = ("pages", "blog")


class UnusableLongText(ValueError):
    """A file that can't be read as a long text; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongText:
    """A text in one language.

    Attributes:
        locale: The language it is in: that asked for, or English where there is no other yet.
        source: The version of the English text that this one says what it says.
        version: The version of the English text as it is now.
        updated: When what it says last changed; of all languages, the English one's.
        published: Of articles.
        is_legal: Whether the English version is the one that counts.
    """

    kind: Kind
    slug: str
    locale: str
    title: str
    description: str
    body: str
    source: str
    version: str
    updated: date
    published: date | None
    tags: tuple[str, ...]
    is_legal: bool

    @property
    def path(self) -> str:
        """Its address below the locale."""
        return f"blog/{self.slug}" if self.kind == "blog" else self.slug


@cache
def slugs(kind: Kind) -> frozenset[str]:
    """What there is."""
    return frozenset(path.parent.name for path in (TEXTS / kind).glob("*/en.md"))


def long_text(kind: Kind, slug: str, locale: str) -> LongText:
    """A text in the language of ``locale``, or in English where its words are English still.

    Raises:
        KeyError: There is no such text.
    """
    if slug not in slugs(kind):
        raise KeyError(slug)
    words = words_locale(locale)
    return _read(kind, slug, words if text_file(kind, slug, words).exists() else "en")


def articles(locale: str) -> tuple[LongText, ...]:
    """All articles, the newest first."""
    found = [long_text("blog", slug, locale) for slug in slugs("blog")]
    return tuple(sorted(found, key=lambda one: (one.published or one.updated, one.slug))[::-1])


def text_file(kind: Kind, slug: str, locale: str, folder: Path = TEXTS) -> Path:
    """Where a text of a language is kept."""
    return folder / kind / slug / f"{locale}.md"


def version_of(front: dict[str, Any], body: str) -> str:
    """Changes with every word of an English text."""
    said = "\0".join((str(front["title"]), str(front["description"]), body))
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def taken_apart(content: str, name: str) -> tuple[dict[str, Any], str]:
    """The front matter and the body of a file.

    Raises:
        UnusableLongText: It has no front matter, or not the one that texts have.
    """
    nothing, _, rest = content.partition(FENCE)
    front_text, fence, body = rest.partition(f"\n{FENCE}")
    if nothing or not fence:
        raise UnusableLongText(f"{name} does not begin with front matter between two ---")
    try:
        front = yaml.safe_load(front_text)
    except yaml.YAMLError as error:
        raise UnusableLongText(f"{name}: {error}") from error
    if not isinstance(front, dict) or not {"title", "description"} <= front.keys():
        raise UnusableLongText(f"{name} needs a title and a description")
    return front, body.strip() + "\n"


@lru_cache(TEXTS_KEPT)
def _read(kind: Kind, slug: str, locale: str) -> LongText:
    english = text_file(kind, slug, "en")
    front, body = taken_apart(english.read_text(encoding="utf-8"), f"{slug}/en.md")
    version = version_of(front, body)
    own, own_body = front, body
    if locale != "en":
        path = text_file(kind, slug, locale)
        own, own_body = taken_apart(path.read_text(encoding="utf-8"), f"{slug}/{locale}.md")
    return LongText(
        kind=kind,
        slug=slug,
        locale=locale,
        title=str(own["title"]),
        description=str(own["description"]),
        body=own_body,
        source=version if locale == "en" else str(own.get("source", "")),
        version=version,
        updated=front["updated"],
        published=front.get("date"),
        tags=tuple(front.get("tags", ())),
        is_legal=bool(front.get("legal")),
    )
