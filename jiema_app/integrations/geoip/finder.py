"""Countries of addresses, from GeoLite2 data in the form of the geoip2fast package."""

from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from jiema_app.integrations.geoip.ranges import Ranges, read_ranges, shipped_file

REMEMBERED: Final = 20_000


class GeoIpFinder:
    """Looks addresses up offline, in microseconds; the data is read at the first look-up.

    Args:
        data_file: Newer data than what the package brings; none: the package's.
    """

    def __init__(self, data_file: Path | None = None) -> None:
        self._data_file = data_file or shipped_file()
        self._ranges: Ranges | None = None
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._look_up)

    def find_country(self, address: str) -> str | None:
        """ISO 3166 code in upper case; None for private, unknown or malformed addresses."""
        return self._remembered(address)

    def describe_data(self) -> str:
        """Where the data comes from and when it was made, for ``doctor``."""
        return self._opened().source

    def _opened(self) -> Ranges:
        if self._ranges is None:
            self._ranges = read_ranges(self._data_file)
        return self._ranges

    def _look_up(self, address: str) -> str | None:
        try:
            number = int(ip_address(address))
        except ValueError:
            return None
        return self._opened().find(number)
