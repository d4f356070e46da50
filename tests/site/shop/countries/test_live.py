"""What the server writes into the page of all countries."""

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.site.shop.countries.live import countries_part
from tests.support.catalogs import text


def test_countries_can_be_searched_by_code_and_by_english_name(catalog: Catalog) -> None:
    html = text(countries_part(catalog, "en", ""))
    assert 'data-words="MY +60"' in html
    assert html.count("<li ") == len(catalog.countries)
