"""The list of articles."""

import re

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.long_texts import articles, slugs
from jiema_app.site.shop.blog.live import blog_part
from tests.support.catalogs import text


def test_all_articles_are_listed_the_newest_first(catalog: Catalog) -> None:
    found = re.findall(r'href="/en/blog/([a-z-]+)"', text(blog_part(catalog, "en", "")))
    assert set(found) == slugs("blog")
    assert found == [article.slug for article in articles("en")]
    days = [article.published for article in articles("en") if article.published]
    assert days == sorted(days, reverse=True)
