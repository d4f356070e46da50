"""The page that the service worker keeps for the time without a network."""

from jiema_app.i18n.translation import is_translated, t
from jiema_app.serving.plain_page import plain_page

OFFLINE_FOLDER = "/offline/"
"""``/offline/<locale>``; assets/sw.js fetches it beforehand and shows it anywhere."""


def offline_html(locale: str) -> bytes:
    """The whole page in the language of ``locale``."""
    words = locale if is_translated(locale) else "en"
    return plain_page(
        words,
        sign="",
        title=t(words, "You're offline"),
        text=t(
            words,
            "This page needs a connection. Your orders keep running, and any code that "
            "arrives will be waiting when you're back online.",
        ),
        link=t(words, "Try again"),
        href="",
    )
