"""Headers that tell browsers what a page may do."""

import base64
import hashlib
import re
from typing import Final

INLINE_SCRIPT: Final = re.compile(
    rb"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL
)

COMMON: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin-allow-popups"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
)
"""On every file that we serve. Popups stay allowed for signing in."""


def content_security_policy(html: bytes) -> bytes:
    """A policy that allows exactly the inline scripts which a built page holds.

    ``unsafe-eval`` is for ``rx.call_script``, which Reflex runs through ``eval``. Styles
    are inline because Reflex writes them so; they run nothing.
    """
    hashes = " ".join(f"'sha256-{_digest(code)}'" for code in _inline_scripts(html))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'unsafe-eval' {hashes}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ).encode()


def _inline_scripts(html: bytes) -> list[bytes]:
    return [
        match["code"]
        for match in INLINE_SCRIPT.finditer(html)
        if b"src=" not in match["attributes"] and match["code"]
    ]


def _digest(code: bytes) -> str:
    return base64.b64encode(hashlib.sha256(code).digest()).decode()
