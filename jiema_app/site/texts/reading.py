"""A long text on its page: rendered, with its figures, its contents and its dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.i18n.formats import day
from jiema_app.i18n.locale_list import language_tag, text_direction
from jiema_app.i18n.long_texts import LongText
from jiema_app.i18n.translation import filled
from jiema_app.site.pages.rendering import render
from jiema_app.site.texts.markdown import Rendered, rendered
from jiema_app.site.texts.values import text_values


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as a page of ``locale`` shows it."""

    text: LongText
    locale: str
    values: Mapping[str, object]
    body: Rendered

    @property
    def document_title(self) -> str:
        """For tabs and search engines."""
        return f"{self.text.title} · jiema.my"

    @property
    def description(self) -> str:
        """A sentence for search engines."""
        return filled(self.text.description, self.values, self.text.locale, isolated=False)

    def html(self, template: str, **more: Any) -> str:
        """The text in a template, which knows it as ``text`` and ``body``."""
        words = self.text.locale
        return render(
            template,
            self.locale,
            text=self.text,
            body=self.body,
            # It may be English in a page of another language.
            tag=language_tag(words),
            text_direction=text_direction(words),
            is_borrowed=words != self.locale,
            updated=day(self.locale, datetime.combine(self.text.updated, time(), UTC)),
            **more,
        )


def read(text: LongText, locale: str, catalog: Catalog) -> Reading:
    """Render a text for a page.

    Args:
        text: In the language that its reader gets.
        locale: The page's.
        catalog: Today's.
    """
    values = text_values(catalog, text.locale)
    return Reading(text, locale, values, rendered(text, locale, values))
