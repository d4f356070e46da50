"""The only reader of cookies.

The standard library's takes quadratic time on quotes and backslashes before Python 3.11.10
and 3.12.6 (CVE-2024-7592), and Starlette uses it. None of our cookies needs either sign, so
what has one is not there: for us, and for whatever library reads the header after us.
"""

from collections.abc import Iterable, Iterator
from typing import Final

COOKIES_MAX: Final = 100
"""Pairs that are looked at; browsers keep fewer for a site."""

SPECIAL: Final = frozenset('"\\')


def read_cookies(header: str) -> Iterator[tuple[str, str]]:
    """The names and values of a ``Cookie`` header, in their order."""
    for part in header.split(";", COOKIES_MAX)[:COOKIES_MAX]:
        name, _, value = part.strip().partition("=")
        if name and value and SPECIAL.isdisjoint(value):
            yield name, value


def find_cookie(header: str, name: str) -> str | None:
    """One cookie's value; the first, as browsers send the one that fits best first."""
    return next((value for known, value in read_cookies(header) if known == name), None)


def plain_cookies(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """A request's headers, of whose cookies only those are left that we would read."""
    kept = []
    for name, value in headers:
        if name == b"cookie" and (b'"' in value or b"\\" in value):
            pairs = read_cookies(value.decode("latin-1"))
            value = "; ".join(f"{key}={content}" for key, content in pairs).encode("latin-1")  # noqa: PLW2901
        kept.append((name, value))
    return kept
