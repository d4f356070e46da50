"""Headers that tell browsers what a page may do."""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Final

NOT_RUN: Final = re.compile(rb"src=|application/(?:ld\+)?json")
"""Scripts that are not inline, and those that are data."""

COMMON: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin-allow-popups"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
)
"""On every file that we serve. Popups stay allowed for signing in."""


def content_security_policy(
    html: bytes, *, script_hosts: str = "", ancestors: str = "'none'"
) -> bytes:
    """A policy that allows exactly the inline scripts which a built page holds.

    Args:
        html: The page.
        script_hosts: Others than we whose scripts it loads.
        ancestors: Who may show it in a frame.

    Reflex runs ``rx.call_script`` through ``eval``: we never use it, so nothing may be
    evaluated. Styles are inline because Reflex writes them so; they run nothing.
    """
    hashes = " ".join(f"'sha256-{_digest(code)}'" for code in _inline_scripts(html))
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(filter(None, ("script-src 'self'", script_hosts, hashes))),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {ancestors}",
        )
    ).encode()


def _inline_scripts(html: bytes) -> list[bytes]:
    return [code for attributes, code in _scripts(html) if code and not NOT_RUN.search(attributes)]


def _scripts(html: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Attributes and text of each script element."""
    end = 0
    while True:
        start = html.find(b"<script", end)
        head = html.find(b">", start)
        end = html.find(b"</script>", head)
        if -1 in (start, head, end):
            return
        yield html[start + len(b"<script") : head], html[head + 1 : end]


def _digest(code: bytes) -> str:
    return base64.b64encode(hashlib.sha256(code).digest()).decode()
