"""Where the picture of an address stands that is shown to whom the address is sent.

Services, countries and articles have their own; all other pages of a language share one.
"""

import re
from typing import Final

from jiema_app.settings import get_settings

FOLDER: Final = "/og/"
SUFFIX: Final = ".png"
SIZE: Final = (1200, 630)
"""What all who show such pictures ask for."""

PICTURE_PLACE: Final = "%picture%"
"""Stands in built pages for the full address of their picture."""

OWN: Final = re.compile(r"(?:service|country|blog)/[^/\[\]]+")
"""Paths of pages that have one of their own."""


def picture_address(locale: str, path: str) -> str:
    """The address, without the origin.

    Args:
        locale: The page's.
        path: The page's, below the locale.
    """
    own = f"/{path}" if OWN.fullmatch(path) else ""
    return f"{FOLDER}{locale}{own}{SUFFIX}"


def picture_url(locale: str, path: str) -> str:
    """The full address."""
    return f"{get_settings().origin}{picture_address(locale, path)}"
