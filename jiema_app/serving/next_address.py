"""Where a visitor may be sent after signing in: to pages of ours, and nowhere else."""

import re
from typing import Final
from urllib.parse import unquote

from jiema_app.serving.paths import belongs_to_api, belongs_to_reflex

LENGTH_MAX: Final = 512

_LOCAL: Final = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?\[\]-]*")
"""A path and a query in the characters of RFC 3986: no backslash, no blank, no controls."""

_ODD: Final = re.compile(r"[\x00-\x20\\]|/\.\.?(?:/|$)")


def safe_next(address: str | None, fallback: str) -> str:
    r"""A wish of the browser's when it is the address of a page of ours, else the fallback.

    Browsers take ``//host`` and ``/\host`` for other hosts, and leave out tabs and line
    breaks before they look.
    """
    if address is None or len(address) > LENGTH_MAX or _LOCAL.fullmatch(address) is None:
        return fallback
    # As servers read it, and browsers: they resolve dots, written out or not.
    path = unquote(address.partition("?")[0])
    if "//" in path or _ODD.search(path) or belongs_to_api(path) or belongs_to_reflex(path):
        return fallback
    return address


def locale_of(address: str, locales: tuple[str, ...]) -> str | None:
    """The locale that an address of ours names."""
    first = address.partition("?")[0].split("/")[1:2]
    return first[0] if first and first[0] in locales else None
