"""What the server writes into the page to browse."""

import re

from jiema_app.domain.catalog.seed import load_categories, load_services
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.error_messages import MESSAGES
from jiema_app.site.shop.browse.live import browse_part
from jiema_app.site.shop.categories import category_names
from jiema_app.site.shop.country.live import country_part
from jiema_app.site.shop.refusals import CODES, refusal_anchor
from jiema_app.site.shop.service.live import service_part
from tests.support.catalogs import text


def test_browse_lists_all_that_is_sold_and_nothing_else(catalog: Catalog) -> None:
    slugs = re.findall(r'href="/en/service/([^"?]+)"', text(browse_part(catalog, "en", "")))
    assert sorted(slugs) == sorted(service.slug for service in catalog.services)
    assert len(slugs) > 1000
    denied = {service.slug for service in load_services() if not service.is_on_sale}
    assert not denied & set(slugs)


def test_each_section_has_its_most_popular_services_in_sight(catalog: Catalog) -> None:
    html = text(browse_part(catalog, "en", ""))
    for category in {service.category for service in catalog.services}:
        section = html[html.index(f'data-section="{category}"') :]
        slugs = re.findall(r'data-key="([^"]+)"', section[: section.index("</ul>")])
        best = [service.slug for service in catalog.services if service.category == category]
        assert slugs == best[: len(slugs)]
        assert len(slugs) >= min(3, len(best))


def test_every_category_of_a_service_has_a_link_that_filters(catalog: Catalog) -> None:
    html = text(browse_part(catalog, "en", ""))
    for category in {service.category for service in catalog.services}:
        assert f'id="{category}" href="#{category}"' in html
        assert f":has(#{category}:target)" in html


def test_categories_are_called_as_the_catalogue_calls_them() -> None:
    assert category_names("en") == {one.id: one.label for one in load_categories()}


def test_every_refusal_of_a_purchase_has_its_notice(catalog: Catalog) -> None:
    for html in (
        text(service_part(catalog, "en", "telegram")),
        text(country_part(catalog, "en", "my")),
        text(browse_part(catalog, "en", "")),
    ):
        for code in CODES:
            assert f'id="{refusal_anchor(code)}"' in html
    assert set(CODES) <= set(MESSAGES)
    assert refusal_anchor("SOMETHING_NEW") == "refused-INTERNAL"
