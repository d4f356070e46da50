"""The GeoLite2 data inside the geoip2fast package, packed.

The package itself keeps half a million networks as Python objects: 55 MB of every web
process. Here neighbours of one country are one range, and the ranges stand in four
arrays: 5 MB, looked up as fast. The package is pinned, so its file's layout is known.
"""

import gzip
import pickle
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from jiema_app.processes.memory import give_back_memory

DATA_FILE: Final = "geoip2fast-ipv6.dat.gz"
LAYOUT: Final = 120
IPV4_END: Final = 1 << 32
"""IPv4 addresses stand before all others, as themselves."""

SPECIAL: Final = 16
"""The first countries of the list are private and reserved networks."""

NOWHERE: Final = 0xFFFF
LOW: Final = (1 << 64) - 1


class UnknownLayout(RuntimeError):
    """The data file is not as we know it: another version of the package came in."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """Where each country's addresses begin.

    Attributes:
        ipv4: The first addresses of IPv4 ranges, ascending.
        high: Upper halves of those of IPv6 ranges, ascending.
        low: Lower halves.
        countries: Positions in ``codes``, of IPv4 ranges and then of IPv6 ranges.
        codes: ISO 3166 codes.
        source: What the data is, and of when.
    """

    ipv4: "array[int]"
    high: "array[int]"
    low: "array[int]"
    countries: "array[int]"
    codes: tuple[str, ...]
    source: str

    def find(self, address: int) -> str | None:
        """The country of an address; None for private, reserved and unknown ones."""
        if address < IPV4_END:
            position = bisect_right(self.ipv4, address) - 1
        else:
            high, low = address >> 64, address & LOW
            begin, end = bisect_left(self.high, high), bisect_right(self.high, high)
            position = len(self.ipv4) + bisect_right(self.low, low, begin, end) - 1
        if position < 0:
            return None
        country = self.countries[position]
        return None if country < SPECIAL or country == NOWHERE else self.codes[country]


def shipped_file() -> Path:
    """The data inside the package."""
    package = find_spec("geoip2fast")
    assert package is not None
    assert package.submodule_search_locations is not None
    return Path(package.submodule_search_locations[0]) / DATA_FILE


@lru_cache(maxsize=1)
def read_ranges(path: Path) -> Ranges:
    """Read and pack a data file, once in a process; takes 0.3 s.

    Args:
        path: The package's file, or a newer one of the operator's own: it is a pickle, so it
            must come from somebody trusted.

    Raises:
        UnknownLayout: The file is of a version of geoip2fast with another layout.
    """
    ranges = _load(path)
    give_back_memory()  # 20 MB of unpacked data
    return ranges


def _load(path: Path) -> Ranges:
    with gzip.open(path) as file:
        layout, about, _, tables = pickle.load(file)  # noqa: S301 - see above
    if layout != LAYOUT:
        raise UnknownLayout(f"{path} has layout {layout}, not {LAYOUT}")
    _, names, *networks = tables
    packed = _pack(*networks)
    codes = tuple(name.partition(":")[0] for name in names)
    return Ranges(*packed, codes, str(about["info"]))


def _pack(
    firsts: list[list[int]], owners: list[list[int]], prefixes: list[list[int]]
) -> tuple[Any, Any, Any, Any]:
    """Merge networks, which come in chunks and in order, into ranges."""
    ipv4, high, low, countries = array("I"), array("Q"), array("Q"), array("H")

    def begin(address: int, country: int) -> None:
        if address < IPV4_END:
            ipv4.append(address)
        else:
            high.append(address >> 64)
            low.append(address & LOW)
        countries.append(country)

    end, current = 0, NOWHERE
    for chunk in zip(firsts, owners, prefixes, strict=True):
        for first, owner, prefix in zip(*chunk, strict=True):
            if first > end and current != NOWHERE:
                current = NOWHERE
                begin(end, NOWHERE)
            if owner != current:
                current = owner
                begin(first, owner)
            end = first + (1 << ((32 if first < IPV4_END else 128) - prefix))
    begin(end, NOWHERE)
    return ipv4, high, low, countries
