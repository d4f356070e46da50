"""Which language a visitor gets at an address that names none."""

from collections.abc import Collection
from typing import Final

from jiema_app.domain.outside_numbers import quality
from jiema_app.i18n.locale_list import RENAMED
from jiema_app.serving.cookies import find_cookie

LOCALE_COOKIE: Final = "locale"
"""Set when somebody chooses a language; it wins over the account's and the browser's own."""

GUESS_COOKIE: Final = "locale_guess"
"""The language into which we led a visitor who had chosen none: whoever signs in an hour later has
not chosen it either."""
GUESS_LIFE_S: Final = 3600

HEADER_MAX: Final = 1000
"""Characters of Accept-Language that are looked at; browsers send less than 100."""


def choose_locale(
    cookie_header: str,
    accept_language: str,
    locales: Collection[str],
    *,
    account: str | None = None,
    fallback: str = "en",
) -> str:
    """The best of our locales for this visitor.

    Args:
        cookie_header: The request's ``Cookie`` header.
        accept_language: The request's ``Accept-Language`` header.
        locales: Those that were built.
        account: The language of the visitor's account, where somebody has asked for it.
        fallback: The answer when nothing matches.
    """
    for known in (chosen_locale(cookie_header, locales), account):
        if known is not None and known in locales:
            return known
    for language in _by_preference(accept_language[:HEADER_MAX]):
        for name in (RENAMED.get(language, language), language.partition("-")[0]):
            locale = RENAMED.get(name, name)
            if locale in locales:
                return locale
    return fallback if fallback in locales else next(iter(locales))


def chosen_locale(cookie_header: str, locales: Collection[str]) -> str | None:
    """The language that was chosen in this browser, if it is one of these."""
    chosen = find_cookie(cookie_header, LOCALE_COOKIE)
    return chosen if chosen in locales else None


def guess_cookie(locale: str, *, is_secure: bool) -> bytes:
    """The ``Set-Cookie`` that notes a language which nobody has chosen."""
    secure = "; Secure" if is_secure else ""
    common = f"; Path=/; Max-Age={GUESS_LIFE_S}; SameSite=Lax; HttpOnly{secure}"
    return f"{GUESS_COOKIE}={locale}{common}".encode()


def _by_preference(accept_language: str) -> list[str]:
    """The header's languages, most wanted first, without those that are refused."""
    weighted = []
    for position, part in enumerate(accept_language.lower().split(",")):
        language, _, parameters = part.strip().partition(";")
        weight = quality(parameters)
        if language and weight > 0:
            weighted.append((-weight, position, language.strip()))
    return [language for _, _, language in sorted(weighted)]
