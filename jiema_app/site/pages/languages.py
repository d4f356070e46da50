"""Links to the same page in each of its languages, written into the place in its header."""

from collections.abc import Iterable

from jiema_app.i18n.locale_list import NATIVE_NAMES, language_tag, text_direction
from jiema_app.site.components.icons import PATHS
from jiema_app.site.components.language_links import LANGUAGES
from jiema_app.site.components.slot import slot_marker
from jiema_app.site.pages.page import Page
from jiema_app.site.pages.rendering import render


def with_language_links(html: str, page: Page, locale: str, served: Iterable[str]) -> str:
    """The HTML of a page with the links that belong into it.

    Args:
        html: As it was built in ``locale``.
        page: Which page it is.
        locale: The language that is marked.
        served: The languages of this deployment.
    """
    marker = slot_marker(LANGUAGES)
    if marker not in html:
        return html
    links = render(
        "pages/languages.jinja",
        locale,
        current=locale,
        languages=[
            {
                "locale": each,
                "name": NATIVE_NAMES[each],
                "direction": text_direction(each),
                "tag": language_tag(each),
                "href": page.href_in(each),
            }
            for each in page.locales_of(served)
        ],
        check=PATHS["check"],
    )
    return html.replace(marker, links, 1)
