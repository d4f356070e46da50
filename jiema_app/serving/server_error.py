"""The page for our own faults: what happened, and a number by which support finds it."""

import secrets

import structlog

from jiema_app.i18n.translation import t, words_locale
from jiema_app.observability.errors import report_bug
from jiema_app.serving.plain_page import plain_page

log = structlog.get_logger()


def note_page_fault(error: Exception, path: str) -> str:
    """Log and report an exception that nobody expected. Gives the number to tell the visitor."""
    request_id = secrets.token_hex(10)
    log.error("a page failed", path=path, request_id=request_id, exc_info=error)
    report_bug(error)
    return request_id


def server_error_html(locale: str, request_id: str) -> bytes:
    """The whole page in the language of ``locale``."""
    words = words_locale(locale)
    return plain_page(
        words,
        sign="500",
        title=t(words, "Something went wrong on our side"),
        text=t(
            words,
            "It's been reported to us. Your orders and balance aren't affected. Try again "
            "in a moment.",
        ),
        link=t(words, "Try again"),
        href="",
        home=f"/{locale}",
        note=t(words, "If it keeps happening, give support this reference: {id}", id=request_id),
    )
