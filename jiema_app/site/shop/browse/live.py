"""The whole catalogue as one list."""

from collections import Counter

from jiema_app.domain.catalog.snapshot import Catalog, ServiceSummary
from jiema_app.i18n.formats import duration
from jiema_app.i18n.translation import t, tn
from jiema_app.settings import get_settings
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import joined, render, row_template
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.shop.cards import service_card
from jiema_app.site.shop.categories import category_names, category_order
from jiema_app.site.shop.cautions import find_caution
from jiema_app.site.shop.filter_rows import price_attribute, words_attribute
from jiema_app.site.shop.refusals import refusal_texts


def browse_part(catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the page of all services, most popular first."""
    row = row_template("shop/browse/row.jinja", "row", locale)
    rows = joined(
        row.fill(
            service.category,
            summary.total_count,
            price_attribute(summary.min_price_cents),
            words_attribute(" ".join(service.aliases)),
            service_card(summary, find_caution(service, locale), locale, _where(summary, locale)),
        )
        for service in catalog.services
        for summary in [catalog.summarise(service)]
    )
    names = category_names(locale)
    counts = Counter(service.category for service in catalog.services)
    categories = [
        (category, names[category], counts[category])
        for category in category_order()
        if category in counts
    ]
    html = render(
        "shop/browse/browse.jinja",
        locale,
        rows=rows,
        total=len(catalog.services),
        categories=categories,
        texts=refusal_texts(locale),
        window=duration(locale, get_settings().orders.window_s),
    )
    return LivePart(
        slots={"browse": html},
        json_ld=(breadcrumbs(locale, (t(locale, "Browse services"), "browse")),),
    )


def _where(summary: ServiceSummary, locale: str) -> str:
    """In how many countries there are numbers; nothing when there are none."""
    if not summary.total_count:
        return ""
    return tn(locale, "{n} country", "{n} countries", summary.country_count)
