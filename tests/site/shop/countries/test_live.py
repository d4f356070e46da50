"""What the server writes into the page of all countries."""

import re

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.site.shop.countries.live import countries_part
from tests.support.catalogs import text


def test_all_countries_are_listed_the_most_popular_first(catalog: Catalog) -> None:
    html = text(countries_part(catalog, "en", ""))
    keys = re.findall(r'<li data-key="([^"]+)" data-rank="(\d+)"', html)
    assert keys == [(country.slug, str(rank)) for rank, country in enumerate(catalog.countries)]
