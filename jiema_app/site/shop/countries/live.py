"""All countries that numbers come from, as one list."""

from jiema_app.domain.catalog.snapshot import Catalog, CountryView
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import render
from jiema_app.site.pages.structured_data import breadcrumbs


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


def other_names(country: CountryView, locale: str) -> str:
    """What people may type for a country, besides its name in the words of the page."""
    shown = country.names[words_locale(locale)]
    own = country.names.get(locale, "")
    names = dict.fromkeys((country.name, own, country.iso2, country.dial_code))
    return " ".join(name for name in names if name and name != shown)
