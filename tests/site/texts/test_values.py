"""Every value that a long text names is known, in every language."""

import pytest

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.i18n.long_texts import KINDS, long_text, slugs
from jiema_app.i18n.translation import placeholders
from jiema_app.site.texts.reading import read
from jiema_app.site.texts.values import text_values


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_can_be_read(catalog: Catalog, locale: str) -> None:
    for kind in KINDS:
        for slug in slugs(kind):
            text = long_text(kind, slug, locale)
            reading = read(text, locale, catalog)
            assert not placeholders(str(reading.body.html)) - {"code"}, slug
            assert not placeholders(reading.description + text.title), slug


def test_no_value_is_idle(catalog: Catalog) -> None:
    """What no text names any more would be kept current for nobody."""
    named = {
        name
        for kind in KINDS
        for slug in slugs(kind)
        for text in [long_text(kind, slug, "en")]
        for name in placeholders(text.body + text.description + text.title)
    }
    idle = set(text_values(catalog, "en")) - named
    assert idle <= {"services", "countries", "languages", "bot", "channel", "write_limit"}
