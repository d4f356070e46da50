"""Bugs in what pages asked for: told to the log and to whoever is told of bugs, once, by us.

Reflex' own handlers print them with whatever a page has sent.
"""

import structlog

from jiema_app.observability.errors import report_bug

log = structlog.get_logger()


def tell_bug(exception: Exception) -> None:
    """A handler of a page failed. The page is told nothing: Reflex would have to run a script."""
    log.error("page event failed", exc_info=exception)
    report_bug(exception)


def keep_quiet(exception: Exception) -> None:
    """What a browser says went wrong in it: words that may be anybody's, and of anybody."""
