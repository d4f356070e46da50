"""Names by which people look for a country."""

from jiema_app.domain.catalog.snapshot import CountryView
from jiema_app.i18n.translation import words_locale


def other_names(country: CountryView, locale: str) -> str:
    """What people may type for a country, besides its name in the words of the page."""
    shown = country.names[words_locale(locale)]
    own = country.names.get(locale, "")
    names = dict.fromkeys((country.name, own, country.iso2, country.dial_code))
    return " ".join(name for name in names if name and name != shown)
