"""Where we do not serve. The law looks at where a person is, not at their language."""

from dataclasses import dataclass
from typing import Final, Protocol

from jiema_app.domain.compliance.actions import OF_BLOCKED_PLACES, Action
from jiema_app.domain.errors import Forbidden

UNREADABLE: Final = "unreadable"
"""Stands for the address of somebody whose proxy did not tell it in a form that we know."""


class CountryFinder(Protocol):
    """Tells the country of an address."""

    def find_country(self, address: str) -> str | None:
        """ISO 3166 code in upper case; None for private or unknown addresses."""
        ...


@dataclass(frozen=True, slots=True)
class GeoPolicy:
    """Refuses people in sanctioned places what `OF_BLOCKED_PLACES` does not leave them.

    Every door asks `admit`, and nothing else decides by place. A country database cannot see
    the sanctioned regions of a country. Somebody whose address cannot be read may be anywhere,
    and is refused as if in a blocked place.
    """

    blocked: frozenset[str]
    finder: CountryFinder

    def admit(self, action: Action, address: str) -> None:
        """Let an address do something.

        Raises:
            Forbidden: It is in a place we may not serve, or nobody knows where. Nothing was done.
        """
        if action in OF_BLOCKED_PLACES:
            return
        if address == UNREADABLE:
            raise Forbidden("We can't tell where you are. If you use a proxy, try without it.")
        if self.finder.find_country(address) in self.blocked:
            raise Forbidden(
                "We can't serve your location. If you think this is a mistake, contact support."
            )
