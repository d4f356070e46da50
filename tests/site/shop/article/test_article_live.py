"""Articles."""

import pytest
from markupsafe import escape

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import BadService
from jiema_app.i18n.long_texts import slugs
from jiema_app.site.shop.article.live import article_part
from tests.support.catalogs import text


@pytest.mark.parametrize("slug", sorted(slugs("blog")))
def test_an_article_says_what_it_is(catalog: Catalog, slug: str) -> None:
    part = article_part(catalog, "en", slug)
    posting = part.json_ld[0]
    assert posting["@type"] == "BlogPosting"
    assert escape(posting["headline"]) in text(part)
    assert posting["datePublished"] <= posting["dateModified"]
    assert part.is_article
    assert part.feed == "/en/blog/feed.xml"
    others = [other for other in slugs("blog") if f"/en/blog/{other}" in text(part)]
    assert len(set(others) - {slug}) >= 2


def test_no_other_address_is_an_article(catalog: Catalog) -> None:
    with pytest.raises(BadService):
        article_part(catalog, "en", "nothing")
