"""All countries that numbers come from, as one list."""

from jiema_app.domain.catalog.snapshot import Catalog, CountrySummary
from jiema_app.i18n.translation import t, tn
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import joined, render, row_template
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.shop.cards import country_card
from jiema_app.site.shop.country_names import other_names
from jiema_app.site.shop.filter_rows import price_attribute


def countries_part(catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the page of all countries, most popular first."""
    row = row_template("shop/countries/row.jinja", "row", locale)
    rows = joined(
        row.fill(
            summary.total_count,
            price_attribute(summary.min_price_cents),
            other_names(country, locale),
            country_card(summary, locale, _for_what(summary, locale), with_dial_code=True),
        )
        for country in catalog.countries
        for summary in [catalog.summarise_country(country)]
    )
    html = render("shop/countries/countries.jinja", locale, rows=rows, total=len(catalog.countries))
    return LivePart(
        slots={"countries": html},
        json_ld=(breadcrumbs(locale, (t(locale, "Countries"), "countries")),),
    )


def _for_what(summary: CountrySummary, locale: str) -> str:
    """For how many services there are numbers; nothing when there are none."""
    if not summary.total_count:
        return ""
    return tn(locale, "{n} service", "{n} services", summary.service_count)
