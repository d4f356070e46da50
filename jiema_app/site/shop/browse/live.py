"""The whole catalogue as one list."""

from collections import Counter

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.formats import duration
from jiema_app.i18n.translation import t
from jiema_app.settings import get_settings
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.rendering import render
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.shop.categories import category_names, category_order
from jiema_app.site.shop.cautions import find_caution
from jiema_app.site.shop.refusals import refusal_texts


def browse_part(catalog: Catalog, locale: str, _part: str) -> LivePart:
    """The live part of the page of all services, most popular first."""
    rows = [
        (catalog.summarise(service), find_caution(service, locale), " ".join(service.aliases))
        for service in catalog.services
    ]
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
        categories=categories,
        texts=refusal_texts(locale),
        window=duration(locale, get_settings().orders.window_s),
    )
    return LivePart(
        slots={"browse": html},
        json_ld=(breadcrumbs(locale, (t(locale, "Browse services"), "browse")),),
    )
