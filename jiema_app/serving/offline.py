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
        title=t(words, "You are offline"),
        text=t(
            words,
            "This page needs a connection. Your orders go on without you: a code that "
            "arrives meanwhile will be there when you are back.",
        ),
        link=t(words, "Try again"),
        href="",
    )
