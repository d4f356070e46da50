"""All countries that numbers come from, as one list."""

from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog, CountrySummary
from jiema_app.i18n.translation import t, tn
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import render, row_template
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.shop.cards import country_card
from jiema_app.site.shop.filter_rows import fold, row_keys

OPEN_ROWS: Final = 48
"""Whole lines of one, two, three and four."""


def countries_part(catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the page of all countries, most popular first."""
    row = row_template("shop/countries/row.jinja", "row", locale)
    rows = (
        row.fill(
            row_keys(country.slug, rank, stock=summary.total_count, price=summary.min_price_cents),
            country_card(summary, locale, _for_what(summary, locale), with_dial_code=True),
        )
        for rank, country in enumerate(catalog.countries)
        for summary in [catalog.summarise_country(country)]
    )
    html = render("shop/countries/countries.jinja", locale, list=fold(rows, OPEN_ROWS))
    return LivePart(
        slots={"countries": html},
        json_ld=(breadcrumbs(locale, (t(locale, "Countries"), "countries")),),
    )


def _for_what(summary: CountrySummary, locale: str) -> str:
    """For how many services there are numbers; nothing when there are none."""
    if not summary.total_count:
        return ""
    return tn(locale, "{n} service", "{n} services", summary.service_count)
