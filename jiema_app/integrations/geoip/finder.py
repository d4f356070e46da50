"""Countries of addresses, from the GeoLite2 data inside the geoip2fast package."""

from functools import lru_cache
from typing import Final

from geoip2fast import GeoIP2Fast

REMEMBERED: Final = 20_000
DATA_FILE: Final = "geoip2fast-ipv6.dat.gz"


class GeoIpFinder:
    """Looks addresses up offline, in microseconds; the data is read at the first look-up."""

    def __init__(self) -> None:
        self._database: GeoIP2Fast | None = None
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._look_up)

    def find_country(self, address: str) -> str | None:
        """ISO 3166 code in upper case; None for private, unknown or malformed addresses."""
        return self._remembered(address)

    def describe_data(self) -> str:
        """Where the data comes from and when it was made, for ``doctor``."""
        return str(self._opened().source_info).strip()

    def _opened(self) -> GeoIP2Fast:
        if self._database is None:
            self._database = GeoIP2Fast(geoip2fast_data_file=DATA_FILE)
        return self._database

    def _look_up(self, address: str) -> str | None:
        code = str(self._opened().lookup(address).country_code)
        return code if code.isalpha() else None
