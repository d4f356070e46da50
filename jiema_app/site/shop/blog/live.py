"""All articles, the newest first."""

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.long_texts import articles
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import render
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.texts.article_list import article_rows
from jiema_app.site.texts.tags import tag_name, tags_in_use


def blog_part(catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the blog's page."""
    words = words_locale(locale)
    html = render(
        "shop/blog/blog.jinja",
        locale,
        rows=article_rows(articles(locale), words, catalog),
        tags=[(tag, tag_name(tag, words)) for tag in tags_in_use()],
    )
    return LivePart(
        slots={"articles": html},
        json_ld=(breadcrumbs(locale, (t(words, "Blog"), "blog")),),
        feed=f"/{locale}/blog/feed.xml",
    )
