"""All countries that numbers come from, as one list."""

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.translation import t
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import render
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.shop.country_names import other_names


def countries_part(catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the page of all countries, most popular first."""
    rows = [
        (catalog.summarise_country(country), other_names(country, locale))
        for country in catalog.countries
    ]
    return LivePart(
        slots={"countries": render("shop/countries/countries.jinja", locale, rows=rows)},
        json_ld=(breadcrumbs(locale, (t(locale, "Countries"), "countries")),),
    )
