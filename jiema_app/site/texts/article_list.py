"""Articles as a list: on the blog's page, and on those of its tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.formats import day
from jiema_app.i18n.long_texts import LongText
from jiema_app.i18n.translation import filled
from jiema_app.site.texts.tags import tag_name
from jiema_app.site.texts.values import text_values


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article in a list."""

    text: LongText
    description: str
    published: str
    iso_date: str
    tags: tuple[tuple[str, str], ...]
    """Slug and name of each."""


def article_rows(texts: Sequence[LongText], locale: str, catalog: Catalog) -> list[ArticleRow]:
    """Articles as rows, in their order."""
    values = text_values(catalog, locale)
    return [
        ArticleRow(
            text=text,
            description=filled(text.description, values, text.locale),
            published=written_day(text.published or text.updated, locale),
            iso_date=(text.published or text.updated).isoformat(),
            tags=named_tags(text, locale),
        )
        for text in texts
    ]


def named_tags(text: LongText, locale: str) -> tuple[tuple[str, str], ...]:
    """Slug and name of each tag of an article."""
    return tuple((tag, tag_name(tag, locale)) for tag in text.tags)


def written_day(when: date, locale: str) -> str:
    """A date as the language writes it."""
    return day(locale, datetime.combine(when, time(), UTC))
