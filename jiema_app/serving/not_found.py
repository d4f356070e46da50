"""The page for an address that does not exist, one per language, without scripts."""

from jiema_app.i18n.translation import t, words_locale
from jiema_app.serving.plain_page import Search, plain_page


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
        # Its last place is right for a guest, too, who is asked to sign in there.
        places=(
            (t(words, "Browse services"), f"/{locale}/browse"),
            (t(words, "Countries"), f"/{locale}/countries"),
            (t(words, "API"), f"/{locale}/api-docs"),
            (t(words, "Orders"), f"/{locale}/orders"),
            (t(words, "Account"), f"/{locale}/account"),
        ),
        search=Search(
            action=f"/{locale}/browse",
            label=t(words, "Search services"),
            button=t(words, "Search"),
        ),
    )
