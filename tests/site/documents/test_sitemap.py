"""The list of all public pages."""

import xml.etree.ElementTree as ET
from datetime import date

from jiema_app.domain.catalog.changes import Changes
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.locale_list import LOCALES
from jiema_app.i18n.long_texts import slugs
from jiema_app.site.documents.sitemap import entries, sitemap, sitemap_index

ORIGIN = "https://shop.example"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_every_page_of_the_catalogue_and_every_text_is_listed_once(catalog: Catalog) -> None:
    paths = [entry.path for entry in entries(catalog, Changes())]
    assert len(paths) == len(set(paths))
    assert {f"service/{service.slug}" for service in catalog.services} < set(paths)
    assert {f"country/{country.slug}" for country in catalog.countries} < set(paths)
    assert slugs("pages") < set(paths)
    assert {f"blog/{slug}" for slug in slugs("blog")} < set(paths)
    assert not [path for path in paths if path.startswith(("account", "order"))]


def test_a_file_of_a_language_names_each_page_in_all_languages(catalog: Catalog) -> None:
    found = entries(catalog, Changes())
    root = ET.fromstring(sitemap(found, ORIGIN, "fa", LOCALES))
    urls = root.findall("s:url", NAMES)
    assert len(urls) == len(found)
    assert urls[0].findtext("s:loc", namespaces=NAMES) == f"{ORIGIN}/fa"
    tags = [link.get("hreflang") for link in urls[1].findall("x:link", NAMES)]
    assert len(tags) == len(LOCALES) + 2
    assert set(tags) == {*LOCALES, "fil", "x-default"}


def test_a_page_is_as_young_as_its_last_change(catalog: Catalog) -> None:
    service, country = catalog.services[0], catalog.countries[0]
    changes = Changes({service.code: date(2026, 3, 1)}, {country.id: date(2026, 2, 1)})
    found = {entry.path: entry.changed for entry in entries(catalog, changes)}
    assert found[f"service/{service.slug}"] == date(2026, 3, 1)
    assert found[f"country/{country.slug}"] == date(2026, 2, 1)
    assert found[f"service/{catalog.services[1].slug}"] is None
    assert found["browse"] == date(2026, 3, 1)
    terms = found["terms"]
    assert terms is not None
    assert terms.isoformat() in sitemap(entries(catalog, changes), ORIGIN, "en", ("en",))


def test_the_index_names_a_file_for_each_language(catalog: Catalog) -> None:
    text = sitemap_index(entries(catalog, Changes()), ORIGIN, LOCALES)
    root = ET.fromstring(text)
    names = [each.text for each in root.iterfind(".//s:loc", NAMES)]
    assert names == [f"{ORIGIN}/sitemaps/{locale}.xml" for locale in LOCALES]
