"""The articles with one tag, the newest first."""

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import BadService
from jiema_app.i18n.long_texts import articles
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import render
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.texts.article_list import article_rows
from jiema_app.site.texts.tags import tag_name, tags_in_use


def find_tag(_catalog: Catalog, tag: str) -> str | None:
    """A tag that articles have; None for any other."""
    return tag if tag in tags_in_use() else None


def blog_tag_part(catalog: Catalog, locale: str, tag: str) -> LivePart:
    """The live part of a tag's page.

    Raises:
        BadService: No article has the tag.
    """
    if find_tag(catalog, tag) is None:
        raise BadService(tag)
    words = words_locale(locale)
    name = tag_name(tag, words)
    title = t(words, "Articles: {topic}", topic=name)
    html = render(
        "shop/blog_tag/blog_tag.jinja",
        locale,
        title=title,
        current=tag,
        rows=article_rows([one for one in articles(locale) if tag in one.tags], words, catalog),
        tags=[(each, tag_name(each, words)) for each in tags_in_use()],
    )
    return LivePart(
        slots={"articles": html},
        title=f"{title} · jiema.my",
        description=t(
            words,
            "Articles on the jiema.my blog about temporary phone numbers. Topic: {topic}.",
            topic=name,
        ),
        json_ld=(breadcrumbs(locale, (t(words, "Blog"), "blog"), (name, f"blog/tag/{tag}")),),
        feed=f"/{locale}/blog/feed.xml",
    )
