"""The colours of lettered tiles: pages name them in OKLCH, which the drawing program can't read."""

from math import cos, radians, sin
from typing import Final

GROUND: Final = (0.93, 0.06)
INK: Final = (0.4, 0.11)
"""Lightness and chroma, as ``.lettered`` in the theme."""

LINEAR_MAX: Final = 0.0031308


def lettered_colours(hue: int) -> tuple[str, str]:
    """The ground and the letters of a tile, in hexadecimal."""
    return _srgb(*GROUND, hue), _srgb(*INK, hue)


def _srgb(lightness: float, chroma: float, hue: float) -> str:
    """A colour as Björn Ottosson's OKLab defines it, cut off where screens have no such colour."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(channel)):02x}" for channel in channels)


def _gamma(linear: float) -> float:
    linear = min(1.0, max(0.0, linear))
    if linear <= LINEAR_MAX:
        return 12.92 * linear
    return float(1.055 * linear ** (1 / 2.4) - 0.055)
