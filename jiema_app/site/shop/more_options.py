"""What a buyer may want besides one number: several at once. Folded away on a service's page.

A form of its own, which names a country, so that it works without scripts and stays out of the
way of the list.
"""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from jiema_app.domain.catalog.snapshot import CountryOffer, ServiceView
from jiema_app.i18n.translation import words_locale
from jiema_app.site.pages.rendering import joined, price, render, row_template

QUANTITIES: Final = (1, 2, 3, 5, 10)


def more_options(service: ServiceView, offers: Sequence[CountryOffer], locale: str) -> Markup:
    """The panel for one service; nothing when no country has numbers.

    Args:
        service: Which.
        offers: In the order of the page's list: the first is chosen already.
        locale: Of the page.
    """
    if not offers:
        return Markup()
    option = row_template("shop/more_route.jinja", "route", locale)
    words = words_locale(locale)
    routes = joined(
        option.fill(
            offer.country.slug,
            offer.price_cents,
            offer.country.names[words],
            price(locale, offer.price_cents),
        )
        for offer in offers
    )
    html = render(
        "shop/more_options.jinja", locale, service=service, routes=routes, quantities=QUANTITIES
    )
    return Markup(html)  # noqa: S704 - our own template, which escapes
