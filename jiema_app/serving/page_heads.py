"""What stands in a page's head for search engines and for those who share its address.

The server writes it, into built pages and templates alike: a built page would carry
each address twice, as HTML and as JavaScript.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from jiema_app.i18n.locale_list import language_tag, search_engine_tags
from jiema_app.site.pages.shared_pictures import SIZE, picture_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of one address.

    Attributes:
        origin: Ours, without a final slash.
        locale: The page's.
        path: Below the locale, its variable part filled in.
        locales: Those in which the page exists.
        json_ld: Structured data.
        feed: Path of a feed of what the page lists.
        is_article: Whether it is an article.
        picture_alt: What is seen in the picture of the address, which is at ``picture_address``.
    """

    origin: str
    locale: str
    path: str
    title: str
    description: str
    locales: tuple[str, ...]
    json_ld: tuple[Mapping[str, Any], ...] = field(default=())
    feed: str | None = None
    is_article: bool = False
    picture_alt: str = ""

    def url_in(self, locale: str) -> str:
        """Full address of the same page in another language."""
        return f"{self.origin}/{locale}/{self.path}".rstrip("/")

    @property
    def picture_url(self) -> str:
        """Full address of its picture."""
        return f"{self.origin}{picture_address(self.locale, self.path)}"


def head_html(head: Head) -> str:
    """The elements, to be put before ``</head>``."""
    return "".join((*_addresses(head), *_social(head), *_structured(head.json_ld)))


def _addresses(head: Head) -> Iterable[str]:
    if head.description:
        yield f'<meta name="description" content="{escape(head.description)}">'
    yield f'<link rel="canonical" href="{escape(head.url_in(head.locale))}">'
    for locale in head.locales:
        url = escape(head.url_in(locale))
        for tag in search_engine_tags(locale):
            yield f'<link rel="alternate" hreflang="{tag}" href="{url}">'
    if head.feed:
        yield f'<link rel="alternate" type="application/atom+xml" href="{escape(head.feed)}">'
    fallback = "en" if "en" in head.locales else head.locales[0]
    yield f'<link rel="alternate" hreflang="x-default" href="{escape(head.url_in(fallback))}">'


def _social(head: Head) -> Iterable[str]:
    for name, content in (
        ("og:type", "article" if head.is_article else "website"),
        ("og:site_name", "jiema.my"),
        ("og:title", head.title),
        ("og:description", head.description),
        ("og:url", head.url_in(head.locale)),
        ("og:locale", language_tag(head.locale)),
        # Its address is in the built page, where React looks for it.
        ("og:image:type", "image/png"),
        ("og:image:width", str(SIZE[0])),
        ("og:image:height", str(SIZE[1])),
        ("og:image:alt", head.picture_alt),
    ):
        if content:
            yield f'<meta property="{name}" content="{escape(content)}">'
    yield '<meta name="twitter:card" content="summary_large_image">'


def _structured(documents: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for document in documents:
        # Inside a script element only "</" could end it; JSON may escape the slash.
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        yield f'<script type="application/ld+json">{text}</script>'
