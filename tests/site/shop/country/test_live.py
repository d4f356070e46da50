"""What the server writes into the page of a country."""

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.site.shop.country.live import country_part
from tests.support.catalogs import text


def test_a_country_shows_what_its_numbers_can_be_used_with(catalog: Catalog) -> None:
    malaysia = catalog.get_country("my")
    offers = [offer for offer in catalog.list_service_offers(malaysia) if offer.stock]
    part = country_part(catalog, "en", "my")
    html = text(part)
    assert html.count('action="/api/shop/orders"') == len(offers)
    assert "Numbers from Malaysia start with +60" in html
    assert "May flag accounts" in html
    assert 'href="/en/service/telegram?country=my"' in html
    assert (part.title or "").startswith("Malaysia: temporary numbers for SMS codes, from $")
