"""A figure that operations change is another one on every page and in every language."""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.i18n.long_texts import long_text
from jiema_app.settings import get_settings
from jiema_app.site.documents.llms import llms_full
from jiema_app.site.shop.api_docs.live import api_docs_part
from jiema_app.site.texts.reading import read

ODD: Final = {
    "ORDER_WINDOW_S": "1380",
    "ORDER_RETENTION_S": str(47 * 3600),
    "ORDER_NEXT_SMS_MAX": "73",
}
WINDOW, RETENTION, MORE_CODES = "23", "47", "73"

NAMED_IN: Final = {
    "terms": (WINDOW, MORE_CODES),
    "faq": (WINDOW, RETENTION, MORE_CODES),
    "help": (WINDOW, RETENTION, MORE_CODES),
    "pricing": (WINDOW, MORE_CODES),
    "refunds": (WINDOW, RETENTION, MORE_CODES),
    "privacy": (RETENTION,),
}


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in ODD.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def words(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html)


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("locale", LOCALES)
def test_texts_say_what_the_settings_say(catalog: Catalog, locale: str) -> None:
    for slug, figures in NAMED_IN.items():
        said = words(str(read(long_text("pages", slug, locale), locale, catalog).body.html))
        found = set(re.findall(r"\d+", said))
        assert set(figures) <= found, slug
        # What they are by default stands nowhere any more.
        assert "15" not in found, slug
    documentation = set(
        re.findall(r"\d+", words(" ".join(api_docs_part(catalog, locale, "").slots.values())))
    )
    assert {WINDOW, RETENTION, MORE_CODES} <= documentation


@pytest.mark.usefixtures("odd")
def test_the_reference_for_language_models_says_it_too(catalog: Catalog) -> None:
    said = llms_full(catalog, ())
    assert "23 minutes" in said
    assert "47 hours" in said
    assert re.search(r"to\s+73 more codes", said)
