"""Settings of where visitors come from."""

from typing import Literal

from pydantic import field_validator

from jiema_app.settings.forms import Group, group, split_list
from jiema_app.settings.values import (
    Countries,
    DataFile,
    Proxies,
)


class GeoSettings(Group):
    """Where we do not serve. Sources and dates: docs/compliance.md."""

    model_config = group("GEO_")

    blocked_countries: Countries = ("CU", "IR", "KP")
    """Codes of ISO 3166, in either case; ``none`` serves everybody."""
    trusted_proxies: Proxies = None
    """Networks whose ``X-Forwarded-For`` or ``Forwarded`` is believed, or ``none``. Production must
    say which: behind a proxy that is not named here everybody would have the proxy's address."""
    forwarded_header: Literal["x-forwarded-for", "forwarded"] | None = None
    """The only one of the two that counts. Unset: either, and if both are there they must agree."""
    data_file: DataFile = None
    """A newer GeoLite2 country file in geoip2fast's format. Unset: the one in its package."""

    split = field_validator("blocked_countries", "trusted_proxies", mode="before")(split_list)

    @property
    def proxies(self) -> tuple[str, ...]:
        """The networks of ``trusted_proxies``."""
        named = self.trusted_proxies or ()
        return () if named == ("none",) else named
