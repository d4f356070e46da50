"""Pages that explain."""

import pytest

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import BadService
from jiema_app.i18n.long_texts import slugs
from jiema_app.site.shop.text.live import OWN_PAGES, find_text, text_part
from tests.support.catalogs import text


@pytest.mark.parametrize("slug", sorted(slugs("pages") - OWN_PAGES))
def test_a_page_has_one_title_and_its_text(catalog: Catalog, slug: str) -> None:
    part = text_part(catalog, "en", slug)
    html = text(part)
    assert html.count("<h1") == 1
    assert part.title
    assert part.title.endswith("jiema.my")
    assert part.description
    assert 50 <= len(part.description) <= 170
    assert len(html) > 1_000


def test_there_is_no_page_of_another_name(catalog: Catalog) -> None:
    for slug in ("nothing", "pricing", "", "../terms", "_"):
        assert find_text(catalog, slug) is None
        with pytest.raises(BadService):
            text_part(catalog, "en", slug)


def test_questions_are_told_to_search_engines_as_they_are_asked(catalog: Catalog) -> None:
    part = text_part(catalog, "en", "faq")
    page = next(each for each in part.json_ld if each["@type"] == "FAQPage")
    asked = [each["name"] for each in page["mainEntity"]]
    assert len(asked) >= 15
    html = text(part)
    assert all(f">{question}</h3>" in html.replace("&quot;", '"') for question in asked)
    assert all(len(each["acceptedAnswer"]["text"]) > 40 for each in page["mainEntity"])


def test_a_translated_legal_page_says_that_english_prevails(catalog: Catalog) -> None:
    assert "/en/terms" not in text(text_part(catalog, "en", "terms"))
    html = text(text_part(catalog, "zh", "terms"))
    assert 'hreflang="en" href="/en/terms"' in html
