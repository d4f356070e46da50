"""Where the page to top up stands, for somebody who wants to buy something."""

from typing import Final
from urllib.parse import urlencode

from jiema_app.domain.catalog.routes import Route

WISH: Final = "for"
"""The part of the page's address, and the field of its form, that says what the money is for."""


def topup_page(locale: str, route: Route) -> str:
    """The page, with what is to be bought."""
    return f"/{locale}/account/topup?{urlencode({WISH: route.name})}"
