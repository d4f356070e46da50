"""What a button that buys is called, for those who do not see the row it stands in."""

from jiema_app.domain.catalog.snapshot import CountryView, ServiceView
from jiema_app.domain.units import Cents, micro
from jiema_app.i18n.formats import money
from jiema_app.i18n.translation import t, words_locale


def buy_label(service: ServiceView, country: CountryView, cents: Cents, locale: str) -> str:
    """The whole of what a click buys."""
    return t(
        locale,
        "Buy a number from {country} for {service}, {price}",
        service=service.name,
        country=country.names[words_locale(locale)],
        price=money(locale, micro(cents)),
    )
