"""The list of all public pages, as search engines read it: an index, and a file a language.

Pages of one visitor are not in it, nor what robots may not read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from jiema_app.domain.catalog.changes import Changes
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.locale_list import search_engine_tags
from jiema_app.i18n.long_texts import articles, long_text, slugs
from jiema_app.site.texts.tags import tags_in_use

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in all its languages: its path below the locale, and when it last changed, if known."""

    path: str
    changed: date | None = None


def entries(catalog: Catalog, changes: Changes) -> list[Entry]:
    """Every public page."""
    return list(_entries(catalog, changes))


def _entries(catalog: Catalog, changes: Changes) -> Iterator[Entry]:
    latest = max(changes.services.values(), default=None)
    yield Entry("", latest)
    yield Entry("browse", latest)
    yield Entry("countries", latest)
    yield Entry("invite")
    yield Entry("login")
    yield Entry("api-docs")
    for slug in sorted(slugs("pages")):
        text = long_text("pages", slug, "en")
        is_live = slug == "pricing"
        yield Entry(slug, max(filter(None, (text.updated, latest if is_live else None))))
    posts = articles("en")
    if posts:
        yield Entry("blog", max(post.updated for post in posts))
    for tag in tags_in_use():
        yield Entry(f"blog/tag/{tag}", max(post.updated for post in posts if tag in post.tags))
    for post in posts:
        yield Entry(post.path, post.updated)
    for service in catalog.services:
        yield Entry(f"service/{service.slug}", changes.services.get(service.code))
    for country in catalog.countries:
        yield Entry(f"country/{country.slug}", changes.countries.get(country.id))


def sitemap_index(found: Sequence[Entry], origin: str, locales: Sequence[str]) -> str:
    """The index: one file a language."""
    latest = max((entry.changed for entry in found if entry.changed), default=None)
    files = "".join(
        f"<sitemap><loc>{origin}/sitemaps/{locale}.xml</loc>{_changed(latest)}</sitemap>\n"
        for locale in locales
    )
    return f'{HEAD}<sitemapindex xmlns="{NAMESPACE}">\n{files}</sitemapindex>\n'


def sitemap(found: Sequence[Entry], origin: str, locale: str, locales: Sequence[str]) -> str:
    """The pages of one language, each with its other languages."""
    urls = "".join(_url(entry, origin, locale, locales) for entry in found)
    return (
        f'{HEAD}<urlset xmlns="{NAMESPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        f"{urls}</urlset>\n"
    )


def _url(entry: Entry, origin: str, locale: str, locales: Sequence[str]) -> str:
    tail = f"/{escape(entry.path)}" if entry.path else ""
    fallback = "en" if "en" in locales else locales[0]
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}" href="{origin}/{other}{tail}"/>'
        for other in locales
        for tag in search_engine_tags(other)
    )
    return (
        f"<url><loc>{origin}/{locale}{tail}</loc>{_changed(entry.changed)}{others}"
        f'<xhtml:link rel="alternate" hreflang="x-default" href="{origin}/{fallback}{tail}"/>'
        "</url>\n"
    )


def _changed(when: date | None) -> str:
    return f"<lastmod>{when.isoformat()}</lastmod>" if when else ""
