"""The articles with one tag."""

import re

import pytest

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import BadService
from jiema_app.i18n.long_texts import articles
from jiema_app.site.shop.blog_tag.live import blog_tag_part
from jiema_app.site.texts.tags import NAMES, tags_in_use
from tests.support.catalogs import text


def test_every_tag_of_an_article_has_a_name_and_a_page(catalog: Catalog) -> None:
    used = {tag for article in articles("en") for tag in article.tags}
    assert used == set(tags_in_use())
    assert used <= set(NAMES)
    for tag in used:
        found = re.findall(r'href="/en/blog/([a-z-]+)"', text(blog_tag_part(catalog, "en", tag)))
        assert set(found) == {each.slug for each in articles("en") if tag in each.tags}


def test_a_tag_that_no_article_has_is_no_page(catalog: Catalog) -> None:
    with pytest.raises(BadService):
        blog_tag_part(catalog, "en", "nothing")
