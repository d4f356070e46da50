"""Which pairs are on sale at all: popular services nearly everywhere, the tail rarely."""

from functools import lru_cache

from sandbox.supplier.catalogue import Catalogue, load_catalogue
from sandbox.supplier.hashing import mix, text_key
from sandbox.supplier.ladder import Ladder, Shape, build_ladder
from sandbox.supplier.pricing import average_micro, country_factor

_BUSIEST = (
    6, 0, 22, 10, 4, 7, 187, 16, 1, 2, 73, 52, 62, 54, 66, 60, 33, 15, 32, 43,
    78, 86, 56, 40, 8, 19, 37, 21, 31, 36, 12, 14, 182, 24, 48, 117, 39, 151,
)  # fmt: skip
"""Country ids that every popular service has, busiest first."""

_ALWAYS_STOCKED = {
    (service, country)
    for service in ("tg", "wa", "go", "ig", "fb", "wx", "dr", "aon", "am", "lf", "vi", "ds")
    for country in (0, 1, 2, 4, 6, 7, 10, 16, 22, 187)
}
"""Pairs that a person trying the shop expects: never empty at the listed price."""

_RENT_ONLY = "full"
"""A pseudo-service of the rent section: listed, never sold by SMS."""

# (ranks below, fewest countries, most countries, typical tier size)
_BANDS = (
    (20, 150, 190, 9000),
    (60, 100, 170, 2500),
    (150, 55, 110, 800),
    (400, 14, 50, 250),
    (1000, 3, 15, 80),
    (10**6, 1, 4, 30),
)
_FOUND_EVERYWHERE = {"dr", "aon", "acz", "mt", "re", "abn", "bye", "eh"}
"""Services of rank above 60 which are known to be sold nearly everywhere."""


class RangeOfGoods:
    """Every pair on sale for one seed; ladders are computed when first asked for."""

    def __init__(self, catalogue: Catalogue, seed: int) -> None:
        """Decide the pairs; costs a few milliseconds, no ladder is built yet."""
        self._seed = seed
        self._catalogue = catalogue
        self._factors = {country: country_factor(seed, country) for country in catalogue.countries}
        self._ladders: dict[tuple[str, int], Ladder] = {}
        self.countries_of: dict[str, tuple[int, ...]] = {}
        services_of: dict[int, list[str]] = {country: [] for country in catalogue.countries}
        everywhere = self._countries_on_sale()
        for service in catalogue.services.values():
            chosen = self._choose(service.code, service.rank, everywhere)
            self.countries_of[service.code] = chosen
            for country in chosen:
                services_of[country].append(service.code)
        self.services_of = {country: tuple(codes) for country, codes in services_of.items()}

    def find_ladder(self, service: str, country: int) -> Ladder | None:
        """Return the untouched ladder of a pair, None when it is not on sale."""
        ladder = self._ladders.get((service, country))
        if ladder is None and country in self.countries_of.get(service, ()):
            ladder = self._build(service, country)
            self._ladders[service, country] = ladder
        return ladder

    def build_country(self, country: int) -> list[tuple[str, Ladder]]:
        """Return all ladders of one country, building the missing ones."""
        known = self._ladders
        rows: list[tuple[str, Ladder]] = []
        for code in self.services_of.get(country, ()):
            ladder = known.get((code, country))
            if ladder is None:
                ladder = known[code, country] = self._build(code, country)
            rows.append((code, ladder))
        return rows

    def _build(self, service: str, country: int) -> Ladder:
        rank = self._catalogue.services[service].rank
        shape = Shape(
            average_micro(self._seed, service, rank),
            self._factors[country],
            _band(service, rank)[3],
            (service, country) in _ALWAYS_STOCKED,
        )
        return build_ladder(self._seed, text_key(service) * 1000 + country, shape)

    def _countries_on_sale(self) -> list[int]:
        busiest = [c for c in _BUSIEST if c in self._catalogue.countries]
        others = [
            country.id
            for country in self._catalogue.countries.values()
            if country.visible and country.id not in _BUSIEST
        ]
        others.sort(key=lambda country: mix(self._seed, 9_000_000 + country))
        return busiest + others

    def _choose(self, code: str, rank: int, everywhere: list[int]) -> tuple[int, ...]:
        if code == _RENT_ONLY:
            return ()
        _, fewest, most, _ = _band(code, rank)
        bits = mix(self._seed, text_key(code) + 5_000_000_000)
        wanted = min(len(everywhere), fewest + bits % (most - fewest + 1))
        certain = min(wanted * 2 // 3, len(_BUSIEST))
        rest = everywhere[certain:]
        start = (bits >> 20) % len(rest)
        # A stride of 7 spreads the choice over the map; the list's length is
        # padded to something 7 does not divide, so that no country comes twice.
        length = len(rest) if len(rest) % 7 else len(rest) - 1
        picked = [rest[(start + 7 * step) % length] for step in range(wanted - certain)]
        return tuple(everywhere[:certain]) + tuple(dict.fromkeys(picked))


def _band(code: str, rank: int) -> tuple[int, int, int, int]:
    if code in _FOUND_EVERYWHERE:
        return _BANDS[1]
    return next(band for band in _BANDS if rank < band[0])


@lru_cache(maxsize=4)
def load_range(seed: int) -> RangeOfGoods:
    """Return the range for a seed, shared by every sandbox of the process."""
    return RangeOfGoods(load_catalogue(), seed)
