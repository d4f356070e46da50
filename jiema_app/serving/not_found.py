"""The page for an address that does not exist, one per language, without scripts."""

from jiema_app.i18n.tokens import in_language
from jiema_app.i18n.translation import t, words_locale
from jiema_app.serving.page_scripts import HINT, THEME
from jiema_app.serving.plain_footer import plain_footer
from jiema_app.serving.plain_page import Place, Search, plain_page
from jiema_app.site.layouts.places import HEADER


def not_found_html(locale: str) -> bytes:
    """The whole page in the language of ``locale``."""
    words = words_locale(locale)
    return plain_page(
        words,
        sign="404",
        title=t(words, "Page not found"),
        text=t(words, "The address may have a typo, or the page may have moved."),
        link=t(words, "Go to the home page"),
        href=f"/{locale}",
        home=f"/{locale}",
        # Who runs no scripts sees a guest's, and "Orders" leads a member on all the same.
        places=(
            *(Place(in_language(name, words), f"/{locale}/{path}") for path, name in HEADER),
            Place(t(words, "Orders"), f"/{locale}/orders"),
            Place(t(words, "Search"), "#search"),
            Place(t(words, "Sign in"), f"/{locale}/login", "end guest-only"),
            Place(t(words, "Account"), f"/{locale}/account", "end member-only"),
        ),
        scripts=THEME + HINT,
        footer=plain_footer(locale),
        search=Search(
            action=f"/{locale}/browse",
            label=t(words, "Search services"),
            button=t(words, "Search"),
        ),
    )
