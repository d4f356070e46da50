"""The live part of a page that explains: its text, with the figures of today."""

from collections.abc import Mapping
from typing import Any, Final

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.errors import BadService
from jiema_app.i18n.long_texts import LongText, long_text, slugs
from jiema_app.site.pages.live_parts import LivePart
from jiema_app.site.pages.structured_data import breadcrumbs
from jiema_app.site.texts.questions import questions_of
from jiema_app.site.texts.reading import Reading, read
from jiema_app.site.texts.structured import faq, web_page

OWN_PAGES: Final = frozenset({"pricing", "abuse"})
"""Texts that stand in a page with more on it."""
CONTENTS_MIN: Final = 4
"""Headings from which on a list of them helps."""


def find_text(_catalog: Catalog, slug: str) -> str | None:
    """A text's slug; None where there is no such page."""
    return slug if slug in slugs("pages") and slug not in OWN_PAGES else None


def text_part(catalog: Catalog, locale: str, slug: str) -> LivePart:
    """The live part of a page that explains.

    Raises:
        BadService: There is no such page.
    """
    if find_text(catalog, slug) is None:
        raise BadService(slug)
    reading = read(long_text("pages", slug, locale), locale, catalog)
    return LivePart(
        slots={"text": reading.html("shop/text/text.jinja", contents_min=CONTENTS_MIN)},
        title=reading.document_title,
        description=reading.description,
        json_ld=(
            *_structured(reading.text, reading),
            breadcrumbs(locale, (reading.text.title, slug)),
        ),
    )


def _structured(text: LongText, reading: Reading) -> tuple[Mapping[str, Any], ...]:
    if text.slug == "faq":
        return (faq(text, questions_of(text, reading.values)),)
    return (web_page(text, reading.locale, reading.description),)
