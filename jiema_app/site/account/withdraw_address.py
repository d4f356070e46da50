"""Where the page to withdraw stands, and what its address says."""

from typing import Final
from urllib.parse import urlencode

DRAFT: Final = "draft"
"""The part of the page's address that carries what was typed; see ``domain/withdrawals/drafts.py``."""
BEFORE: Final = "before"
"""The part that says which withdrawals the list begins after."""

PLAIN: Final = "plain"
"""Asks for what the server can write, where no script draws the page."""

AGAIN: Final = "again"
"""What the page to sign in is told by whoever is signed in, but too long since."""


def withdraw_page(locale: str, draft: str = "", *, is_plain: bool = False) -> str:
    """The page, with what is to be confirmed or corrected."""
    said = [PLAIN] if is_plain else []
    if draft:
        said.append(urlencode({DRAFT: draft}))
    tail = f"?{'&'.join(said)}" if said else ""
    return f"/{locale}/account/withdraw{tail}"


def sign_in_again(locale: str, back: str) -> str:
    """The page to sign in once more, and from there back to one of ours."""
    return f"/{locale}/login?{urlencode({'error': AGAIN, 'next': back})}"
