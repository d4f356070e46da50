"""The words of pages that are built: like ``translation``, without a locale.

A page is built once for all languages, so nobody who builds one knows whose it will be. What
these functions give is a token (see ``tokens.py``): put it where the text belongs, whole. It
has no length, no first letter and no capitals, and compares with nothing.

Whoever writes words while the product runs (states, live parts, templates) knows the reader
and takes ``jiema_app.i18n.translation``.
"""

import os
from typing import Final

from jiema_app.i18n import tokens

DIRECT_LOCALE: Final = os.environ.get("JIEMA_BUILD_DIRECTLY", "")
"""A test builds one language the direct way, where texts are texts, to compare with ours."""


def t(text: str, /, **values: tokens.Value) -> str:
    """A text of the page. Values are known when it is built: constants, or other texts."""
    return _put("t", text, **values)


def tc(context: str, text: str, /, **values: tokens.Value) -> str:
    """Like ``t``, for a text that other languages say in several ways."""
    return _put("tc", context, text, **values)


def tn(singular: str, plural: str, n: int, /, **values: tokens.Value) -> str:
    """The text that fits the number, which stands for ``{n}``."""
    return _put("tn", singular, plural, n, **values)


def money(micro: int) -> str:
    """An amount of money, as the page's language writes it."""
    return _put("money", micro)


def _put(kind: str, *arguments: tokens.Value, **values: tokens.Value) -> str:
    made = tokens.token(kind, *arguments, **values)
    if not DIRECT_LOCALE:
        return made
    # Told apart by None where React leaves an attribute out.
    return tokens.value_of(made, DIRECT_LOCALE)  # type: ignore[return-value]


LOCALE: Final = _put("locale")
"""The page's language, as it stands in addresses: ``f"/{LOCALE}/browse"``."""

LANGUAGE_TAG: Final = _put("tag")
DIRECTION: Final = _put("direction")
"""``lang`` and ``dir`` of the document."""

BORROWED_TAG: Final = _put("borrowed-tag")
BORROWED_DIRECTION: Final = _put("borrowed-direction")
"""``lang`` and ``dir`` of a page's words where they are English still; else left out."""

LANGUAGES: Final = _put("languages")
"""JSON: code and own name of each language that is served."""
