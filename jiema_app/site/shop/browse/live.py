"""The whole catalogue: by category, the most popular of each in sight."""

from typing import Final

from jiema_app.domain.catalog.snapshot import Catalog, ServiceSummary
from jiema_app.i18n.cautions import find_caution
from jiema_app.i18n.formats import duration
from jiema_app.i18n.translation import t, tn
from jiema_app.settings import get_settings
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import render, row_template
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.shop.cards import service_card
from jiema_app.site.shop.figures import known_figures
from jiema_app.site.shop.filter_rows import row_keys
from jiema_app.site.shop.refusals import refusal_texts
from jiema_app.site.shop.sections import FIRST_SECTIONS, sections_of

OPEN_FIRST: Final = 6
OPEN_ROWS: Final = 3
"""Whole lines of two and of three; where lines are of two, the third waits with the rest."""


def browse_part(catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the page of all services, by category."""
    row = row_template("shop/browse/row.jinja", "row", locale)
    rows = (
        (
            service.category,
            row.fill(
                row_keys(
                    service.slug,
                    rank,
                    stock=summary.total_count,
                    price=summary.min_price_cents,
                    category=service.category,
                ),
                service_card(
                    summary,
                    find_caution(service, locale),
                    locale,
                    _where(summary, locale),
                    figures=known_figures(catalog.figures.services.get(service.code), locale),
                ),
            ),
        )
        for rank, service in enumerate(catalog.services)
        for summary in [catalog.summarise(service)]
    )
    sections = sections_of(rows, locale, first=OPEN_FIRST, others=OPEN_ROWS)
    html = render(
        "shop/browse/browse.jinja",
        locale,
        sections=sections,
        first_sections=FIRST_SECTIONS,
        total=len(catalog.services),
        categories=[(one.category, one.label, one.list.total) for one in sections],
        texts=refusal_texts(locale),
        window=duration(locale, get_settings().orders.window_s),
    )
    return LivePart(
        slots={"browse": html},
        json_ld=(breadcrumbs(locale, (t(locale, "Services"), "browse")),),
    )


def _where(summary: ServiceSummary, locale: str) -> str:
    """In how many countries there are numbers; nothing when there are none."""
    if not summary.total_count:
        return ""
    return tn(locale, "{n} country", "{n} countries", summary.country_count)
