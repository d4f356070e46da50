"""Which drawing stands for a service or a country, and at which address it is served.

Pure data, for Reflex's components, for states and for templates alike. The files are
made by the build (processes/artwork_files.py). Their addresses carry a version, so that
browsers may keep them forever.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, TypedDict
from zlib import crc32

PACKAGES: Final = ("simple-icons@16.37.0", "flag-icons@7.5.0", "svgo@4.1.0")
"""What the drawings are made of: npm packages of the build, none of them in a page."""

TELEGRAM_SDK: Final = "@twa-dev/sdk@8.0.2"
"""Holds a copy of Telegram's script for Mini Apps, for the sandbox."""

EDITION: Final = 1
"""To be raised when artwork_files.py draws the same drawings in another way."""

ICON_FOLDER: Final = "/icons/"
FLAG_FOLDER: Final = "/flags/"
VERSIONED_FOLDERS: Final = (ICON_FOLDER, FLAG_FOLDER)
"""Any address with a ``?v=`` in these never changes its content."""

LETTERS_MAX: Final = 2
DOMAIN_ENDING: Final = re.compile(r"\.[a-z]{2,4}$")

HUES: Final = 12
"""Colours of lettered tiles: enough to tell neighbours apart."""


class ServiceIcon(TypedDict):
    """A brand's mark."""

    mark: str
    """Its name in simple-icons."""
    colour: str
    """Six hexadecimal digits."""


@cache
def service_icons() -> Mapping[str, ServiceIcon]:
    """The drawings of those services that have one, by service slug."""
    resource = files("jiema_app.domain.catalog") / "data" / "icons.json"
    icons: dict[str, ServiceIcon] = json.loads(resource.read_text(encoding="utf-8"))
    return icons


@cache
def artwork_version() -> str:
    """Changes whenever a drawing may have changed; 8 characters."""
    parts = (*PACKAGES, str(EDITION), json.dumps(service_icons(), sort_keys=True))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def service_icon_path(slug: str) -> str | None:
    """Address of a service's drawing, a whole tile. None: show `letters` in its place."""
    if slug not in service_icons():
        return None
    return f"{ICON_FOLDER}service/{slug}.svg?v={artwork_version()}"


def flag_path(iso2: str) -> str:
    """Address of a country's flag, 4 wide and 3 high.

    Args:
        iso2: ISO 3166-1 alpha-2 code of a country in the catalogue, in either case.
    """
    return f"{FLAG_FOLDER}{iso2.lower()}.svg?v={artwork_version()}"


def letters(name: str) -> str:
    """One or two letters that stand for a service without a drawing.

    The first letters of its first two words, the capitals of a single one, or a word of
    two letters: "Mercado Libre" is ML, "LinkedIn" is LI, "JD.com" is JD, "Temu" is T.
    """
    plain = DOMAIN_ENDING.sub("", name.partition("/")[0].strip())
    words = "".join(char if char.isalnum() else " " for char in plain).split()
    if not words:
        return "?"
    first = words[0]
    if len(words) > 1:
        second = words[1][0]
    elif len(first) == LETTERS_MAX:
        second = first[1]
    else:
        capitals = [char for char in first[1:] if char.isupper()]
        second = capitals[0] if capitals and not first.isupper() else ""
    return (first[0] + second).upper()


def hue(name: str) -> int:
    """The colour of a lettered tile, in degrees of the colour circle; fixed for a name."""
    return crc32(name.encode()) % HUES * (360 // HUES)


TEMPLATE_GLOBALS: Final[Mapping[str, Callable[[str], object]]] = {
    "service_icon_path": service_icon_path,
    "flag_path": flag_path,
    "letters": letters,
    "hue": hue,
}
"""What components/artwork.jinja calls."""
