"""Finding what somebody typed: a service, a country, or both, by their names in any language."""

from dataclasses import dataclass

from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.catalog.search import QUERY_MAX, find
from jiema_app.domain.catalog.search_entries import Entry, entries_of
from jiema_app.domain.catalog.snapshot import Catalog, CountryView, ServiceView


@dataclass(frozen=True, slots=True)
class Found:
    """Something that fits: a service, a country, or a service in a country."""

    service: ServiceView | None
    country: CountryView | None


class NameSearch:
    """Looks words up in the current catalogue; its names are folded when they change."""

    def __init__(self, live: LiveCatalog) -> None:
        self._live = live
        self._catalog: Catalog | None = None
        self._entries: tuple[Entry, ...] = ()

    def find(self, text: str, limit: int) -> list[Found]:
        """What fits a text, the best first."""
        catalog = self._live.current
        if self._catalog is None or not catalog.sells_the_same_as(self._catalog):
            # Countries by their English names: those of other languages are found as well.
            self._entries = entries_of(catalog, "en")
        self._catalog = catalog
        found = []
        for hit in find(self._entries, text[:QUERY_MAX])[:limit]:
            if hit.kind == "country":
                found.append(Found(None, catalog.find_country(hit.key)))
            else:
                country = catalog.find_country(hit.country) if hit.country else None
                found.append(Found(catalog.find_service(hit.key), country))
        return [one for one in found if one.service is not None or one.country is not None]
