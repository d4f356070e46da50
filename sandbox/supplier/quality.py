"""How well the numbers of a pair do: fixed for a seed, and different from pair to pair.

As on the real market, a country's operators are good or bad at a service, and some services
send late or not at all. Nobody publishes such figures; these are invented.
"""

import math
from dataclasses import dataclass

from sandbox.supplier.hashing import fraction, mix, text_key

SPREAD = 0.6
"""Of the logarithm of the delay: nine of ten codes come within 2.2 times the median."""

SOONEST_S = 1.0
LATEST_S = 600.0

_SERVICE_SALT = 11
_COUNTRY_SALT = 12
_PAIR_SALT = 13
_FATE_SALT = 14
_DUDS = 0.06
"""Share of pairs whose numbers hardly ever receive anything."""


@dataclass(frozen=True, slots=True)
class Quality:
    """One pair."""

    share: float
    """Of its numbers that receive a code, 0..1."""
    median_s: float
    """Half of the codes come within so many seconds."""


def quality_of(seed: int, service: str, country: int) -> Quality:
    """How well a pair does."""
    key = text_key(service)
    of_service = fraction(mix(seed + _SERVICE_SALT, key))
    of_country = fraction(mix(seed + _COUNTRY_SALT, country))
    of_pair = fraction(mix(seed + _PAIR_SALT, key * 1_009 + country))
    if of_pair < _DUDS:
        return Quality(0.05 + 4 * of_pair, 30.0 + 20 * of_country)
    share = 0.99 - 0.10 * of_service - 0.18 * of_country**2 - 0.14 * of_pair**2
    median_s = 4.0 + 6.0 * of_service + 12.0 * of_country**2 + 6.0 * of_pair
    return Quality(share, median_s)


def delay_of(seed: int, quality: Quality, serial: int) -> float | None:
    """Seconds after which one number of a pair receives its SMS; None when it never does."""
    if fraction(mix(seed + _FATE_SALT, 2 * serial)) >= quality.share:
        return None
    # Two even draws make a normal one (Box and Muller).
    first = fraction(mix(seed + _FATE_SALT, 2 * serial + 1))
    second = fraction(mix(seed + _FATE_SALT + 1, serial))
    normal = math.sqrt(-2 * math.log(1 - first)) * math.cos(2 * math.pi * second)
    return min(LATEST_S, max(SOONEST_S, quality.median_s * math.exp(SPREAD * normal)))
