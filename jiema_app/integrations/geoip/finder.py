"""Countries of addresses, from the GeoLite2 data inside the geoip2fast package."""

from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from jiema_app.integrations.geoip.ranges import Ranges, read_ranges

REMEMBERED: Final = 20_000


class GeoIpFinder:
    """Looks addresses up offline, in microseconds; the data is read at the first look-up."""

    def __init__(self) -> None:
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
            self._ranges = read_ranges()
        return self._ranges

    def _look_up(self, address: str) -> str | None:
        try:
            number = int(ip_address(address))
        except ValueError:
            return None
        return self._opened().find(number)
