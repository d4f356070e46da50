"""An article, and what to read next."""

from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import BadService
from jiema_app.i18n.long_texts import LongText, articles, long_text, slugs
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.texts.article_list import article_rows, named_tags, written_day
from jiema_app.site.texts.reading import read
from jiema_app.site.texts.structured import blog_posting

NEXT: Final = 2
"""Articles that are offered after one."""


def find_article(_catalog: Catalog, slug: str) -> str | None:
    """An article's slug; None where there is none."""
    return slug if slug in slugs("blog") else None


def article_part(catalog: Catalog, locale: str, slug: str) -> LivePart:
    """The live part of an article's page.

    Raises:
        BadService: There is no such article.
    """
    if find_article(catalog, slug) is None:
        raise BadService(slug)
    words = words_locale(locale)
    text = long_text("blog", slug, locale)
    reading = read(text, locale, catalog)
    published = text.published or text.updated
    html = reading.html(
        "shop/article/article.jinja",
        tags=named_tags(text, words),
        published=written_day(published, words),
        iso_date=published.isoformat(),
        is_revised=text.updated > published,
        rows=article_rows(_next_of(text, locale), words, catalog),
    )
    return LivePart(
        slots={"article": html},
        title=reading.document_title,
        description=reading.description,
        json_ld=(
            blog_posting(text, locale, reading.description),
            breadcrumbs(locale, (t(words, "Blog"), "blog"), (text.title, text.path)),
        ),
        feed=f"/{locale}/blog/feed.xml",
        is_article=True,
    )


def _next_of(text: LongText, locale: str) -> list[LongText]:
    """Other articles, those about the same first."""
    others = [one for one in articles(locale) if one.slug != text.slug]
    return sorted(others, key=lambda one: not set(one.tags) & set(text.tags))[:NEXT]
