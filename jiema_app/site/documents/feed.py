"""The articles of one language as an Atom feed (RFC 4287)."""

from datetime import date
from xml.sax.saxutils import escape, quoteattr

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.locale_list import language_tag
from jiema_app.i18n.long_texts import LongText, articles
from jiema_app.i18n.translation import t, words_locale
from jiema_app.site.texts.reading import read


def feed(catalog: Catalog, locale: str, origin: str) -> str:
    """Every article whole, the newest first."""
    words = words_locale(locale)
    posts = articles(locale)
    updated = max((post.updated for post in posts), default=date(2026, 1, 1))
    here = f"{origin}/{locale}/blog"
    entries = "".join(_entry(post, catalog, locale, origin) for post in posts)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language_tag(words)}">\n'
        f"<id>{here}</id><title>{escape(t(words, 'Blog: temporary numbers, testing and payments'))}"
        f"</title><updated>{_moment(updated)}</updated>"
        f'<link rel="self" type="application/atom+xml" href="{here}/feed.xml"/>'
        f'<link rel="alternate" type="text/html" href="{here}"/>'
        f"<author><name>jiema.my</name></author>\n{entries}</feed>\n"
    )


def _entry(post: LongText, catalog: Catalog, locale: str, origin: str) -> str:
    reading = read(post, locale, catalog)
    url = f"{origin}/{locale}/{post.path}"
    # Readers of feeds have no address of ours to add to.
    html = str(reading.body.html).replace('href="/', f'href="{origin}/')
    tags = "".join(f"<category term={quoteattr(tag)}/>" for tag in post.tags)
    return (
        f"<entry><id>{url}</id><title>{escape(post.title)}</title>"
        f"<published>{_moment(post.published or post.updated)}</published>"
        f"<updated>{_moment(post.updated)}</updated>"
        f'<link rel="alternate" type="text/html" href="{url}"/>{tags}'
        f"<summary>{escape(reading.description)}</summary>"
        f'<content type="html">{escape(html)}</content></entry>\n'
    )


def _moment(when: date) -> str:
    return f"{when.isoformat()}T00:00:00Z"
