"""Where we do not serve. The law looks at where a person is, not at their language."""

from dataclasses import dataclass
from typing import Protocol

from jiema_app.domain.errors import Forbidden


class CountryFinder(Protocol):
    """Tells the country of an address."""

    def find_country(self, address: str) -> str | None:
        """ISO 3166 code in upper case; None for private or unknown addresses."""
        ...


@dataclass(frozen=True, slots=True)
class GeoPolicy:
    """Refuses people in sanctioned places. Reading stays open; whatever transacts does not.

    A country database cannot see the sanctioned regions of a country.
    """

    blocked: frozenset[str]
    finder: CountryFinder

    def ensure_served(self, address: str) -> None:
        """Let an address transact.

        Raises:
            Forbidden: It is in a place we may not serve. Nothing was done.
        """
        if self.finder.find_country(address) in self.blocked:
            raise Forbidden("We cannot serve your location. If this is wrong, contact support.")
