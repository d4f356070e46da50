"""Which picture belongs to a page: its words, in the words of the page."""

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.long_texts import long_text, slugs
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.design.artwork import flag_path, hue, letters, service_icon_path
from jiema_app.site.pictures.lines import MAY_BREAK
from jiema_app.site.pictures.picture import Picture


def picture_of(catalog: Catalog, locale: str, path: str) -> Picture | None:
    """The picture of a page of its own; None where there is no such page.

    Args:
        catalog: Today's.
        locale: The page's.
        path: The page's, below the locale, as it is spelled there.
    """
    kind, _, slug = path.partition("/")
    match kind:
        case "service":
            return _service(catalog, locale, slug)
        case "country":
            return _country(catalog, locale, slug)
        case "blog":
            return _article(locale, slug)
    return None


def shared_picture(locale: str) -> Picture:
    """The picture of all other pages of a language."""
    heading = f"{t(locale, 'One code.')}\n{t(locale, 'Not your number.')}"
    return Picture(locale=words_locale(locale), heading=heading, promise=_promise(locale))


def _service(catalog: Catalog, locale: str, slug: str) -> Picture | None:
    service = catalog.find_service(slug)
    if service is None or service.slug != slug:
        return None
    return Picture(
        locale=words_locale(locale),
        heading=t(locale, "A number for {service}", service=_whole(service.name)),
        promise=_promise(locale),
        art=service_icon_path(slug),
        letters=letters(service.name),
        hue=hue(service.name),
    )


def _country(catalog: Catalog, locale: str, slug: str) -> Picture | None:
    country = catalog.find_country(slug)
    if country is None or country.slug != slug:
        return None
    words = words_locale(locale)
    return Picture(
        locale=words,
        heading=t(locale, "A number from {country}", country=_whole(country.names[words])),
        promise=_promise(locale),
        code=country.dial_code,
        art=flag_path(country.iso2),
        is_flag=True,
    )


def _article(locale: str, slug: str) -> Picture | None:
    if slug not in slugs("blog"):
        return None
    text = long_text("blog", slug, locale)
    words = text.locale
    return Picture(
        locale=words, heading=text.title, promise=_promise(words), label=t(words, "Blog"), code=""
    )


def _promise(locale: str) -> str:
    return t(locale, "No code, full refund")


def _whole(name: str) -> str:
    """A name that stands in one line, where its language has no spaces beside it."""
    return f"{MAY_BREAK}{name}{MAY_BREAK}"
