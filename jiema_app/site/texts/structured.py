"""Long texts for search engines, as schema.org names things."""

from collections.abc import Iterable

from jiema_app.i18n.locale_list import language_tag
from jiema_app.i18n.long_texts import LongText
from jiema_app.settings import get_settings
from jiema_app.site.pages.shared_pictures import picture_url
from jiema_app.site.pages.structured_data import CONTEXT, JsonLd, url_of


def web_page(text: LongText, locale: str, description: str) -> JsonLd:
    """A page that explains."""
    return {
        "@context": CONTEXT,
        "@type": "WebPage",
        "name": text.title,
        "description": description,
        "url": url_of(locale, text.path),
        "inLanguage": language_tag(text.locale),
        "dateModified": text.updated.isoformat(),
        "publisher": {"@id": f"{get_settings().origin}/#organization"},
    }


def faq(text: LongText, answers: Iterable[tuple[str, str]]) -> JsonLd:
    """Questions and answers."""
    return {
        "@context": CONTEXT,
        "@type": "FAQPage",
        "inLanguage": language_tag(text.locale),
        "mainEntity": [
            {
                "@type": "Question",
                "name": question,
                "acceptedAnswer": {"@type": "Answer", "text": answer},
            }
            for question, answer in answers
        ],
    }


def blog_posting(text: LongText, locale: str, description: str) -> JsonLd:
    """An article."""
    published = text.published or text.updated
    origin = get_settings().origin
    return {
        "@context": CONTEXT,
        "@type": "BlogPosting",
        "headline": text.title,
        "description": description,
        "url": url_of(locale, text.path),
        "mainEntityOfPage": url_of(locale, text.path),
        "image": picture_url(locale, text.path),
        "inLanguage": language_tag(text.locale),
        "datePublished": published.isoformat(),
        "dateModified": text.updated.isoformat(),
        "keywords": list(text.tags),
        "author": {"@id": f"{origin}/#organization"},
        "publisher": {
            "@type": "Organization",
            "@id": f"{origin}/#organization",
            "name": "jiema.my",
        },
    }
