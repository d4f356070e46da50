"""The live market: stock that purchases take away, and offers set by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from sandbox.supplier.ladder import Ladder
from sandbox.supplier.money import to_text, to_wire
from sandbox.supplier.range_of_goods import RangeOfGoods

Pair = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Offer:
    """A pair as it stands now."""

    ladder: Ladder
    counts: tuple[int, ...] | list[int]

    @property
    def total(self) -> int:
        """Numbers on sale at any price."""
        return sum(self.counts)

    @property
    def physical(self) -> int:
        """How many of them are real SIM cards."""
        return self.total * self.ladder.physical_permille // 1000

    @property
    def at_default(self) -> int:
        """Numbers that a purchase at the listed price could get."""
        return self.buyable(self.ladder.default_micro)

    def buyable(self, ceiling_micro: int) -> int:
        """Return how many numbers cost at most the ceiling."""
        pairs = zip(self.ladder.prices, self.counts, strict=True)
        return sum(count for price, count in pairs if price <= ceiling_micro)

    def cumulative_map(self) -> dict[str, int]:
        """Return price text -> numbers buyable up to that price, stocked tiers only."""
        total = 0
        rows: dict[str, int] = {}
        for price, count in zip(self.ladder.prices, self.counts, strict=True):
            total += count
            if count:
                rows[to_text(price)] = total
        return rows


@dataclass(slots=True)
class Market:
    """Stock of every pair; only pairs that were touched cost memory."""

    goods: RangeOfGoods
    stock: dict[Pair, list[int]] = field(default_factory=dict)
    overrides: dict[Pair, Ladder] = field(default_factory=dict)
    _price_bytes: dict[int, bytes] = field(default_factory=dict)
    _rest_bytes: dict[str, bytes] = field(default_factory=dict)

    def find(self, service: str, country: int) -> Offer | None:
        """Return a pair's offer, None when it is not on sale."""
        pair = (service, country)
        ladder = self.overrides.get(pair) or self.goods.find_ladder(service, country)
        if ladder is None:
            return None
        return Offer(ladder, self.stock.get(pair, ladder.counts))

    def take(self, service: str, country: int, price_micro: int) -> None:
        """Remove one number from the tier at exactly that price."""
        self._move(service, country, price_micro, -1)

    def put_back(self, service: str, country: int, price_micro: int) -> None:
        """Return one number to its tier; a tier that is gone swallows it."""
        self._move(service, country, price_micro, +1)

    def override(self, service: str, country: int, price_micro: int, count: int) -> None:
        """Replace a pair's ladder by one tier."""
        pair = (service, country)
        self.overrides[pair] = Ladder(price_micro, (price_micro,), (count,), 500)
        self.stock.pop(pair, None)
        self._forget(service, country)

    def restore_stock(self, service: str, country: int, counts: list[int]) -> None:
        """Set a pair's tier counts, as read from a snapshot."""
        self.stock[service, country] = counts

    def clear(self) -> None:
        """Forget every purchase and every override."""
        self.stock.clear()
        self.overrides.clear()
        self._price_bytes.clear()
        self._rest_bytes.clear()

    def countries_of(self, service: str) -> list[int]:
        """Return the countries that sell numbers for a service."""
        known = self.goods.countries_of.get(service, ())
        extra = [c for code, c in self.overrides if code == service and c not in known]
        return [*known, *extra]

    def offers_in(self, country: int) -> Iterator[tuple[str, Offer]]:
        """Yield every service's offer in one country."""
        overrides, stock = self.overrides, self.stock
        for code, original in self.goods.build_country(country):
            pair = (code, country)
            ladder = overrides.get(pair, original)
            yield code, Offer(ladder, stock.get(pair, ladder.counts))
        known = self.goods.services_of.get(country, ())
        for code, where in overrides:
            if where == country and code not in known:
                offer = self.find(code, country)
                if offer is not None:
                    yield code, offer

    def all_prices(self, countries: list[int]) -> bytes:
        """Return getPrices for everything; only changed countries are rebuilt."""
        parts: list[bytes] = []
        for country in countries:
            part = self._price_bytes.get(country)
            if part is None:
                rows = {code: price_row(offer) for code, offer in self.offers_in(country)}
                part = b'"%d":%s' % (country, orjson.dumps(rows)) if rows else b""
                self._price_bytes[country] = part
            if part:
                parts.append(part)
        return b"{" + b",".join(parts) + b"}"

    def rest_offers(self, service: str) -> bytes:
        """Return one service's REST offers as `"code":{...}`, empty when it has none."""
        part = self._rest_bytes.get(service)
        if part is None:
            rows: dict[str, object] = {}
            for country in self.countries_of(service):
                offer = self.find(service, country)
                if offer is not None:
                    rows[str(country)] = rest_row(offer)
            part = b'"%s":%s' % (service.encode(), orjson.dumps(rows)) if rows else b""
            self._rest_bytes[service] = part
        return part

    def _move(self, service: str, country: int, price_micro: int, step: int) -> None:
        offer = self.find(service, country)
        if offer is None or price_micro not in offer.ladder.prices:
            return
        counts = self.stock.get((service, country))
        if counts is None:
            counts = self.stock[service, country] = list(offer.counts)
        tier = offer.ladder.prices.index(price_micro)
        counts[tier] = max(0, counts[tier] + step)
        self._forget(service, country)

    def _forget(self, service: str, country: int) -> None:
        self._price_bytes.pop(country, None)
        self._rest_bytes.pop(service, None)


def price_row(offer: Offer) -> dict[str, int | float]:
    """Return a pair as getPrices shows it: list price, stock at any price."""
    return {
        "cost": to_wire(offer.ladder.default_micro),
        "count": offer.total,
        "physicalCount": offer.physical,
    }


def rest_row(offer: Offer) -> dict[str, object]:
    """Return a pair as the REST offers show it."""
    default = to_wire(offer.ladder.default_micro)
    stocked = [
        price for price, count in zip(offer.ladder.prices, offer.counts, strict=True) if count
    ]
    return {
        "prices": {
            "default": default,
            "retail": default,
            "min": to_wire(stocked[0]) if stocked else default,
        },
        "counts": {
            "total": offer.total,
            "physical": offer.physical,
            "defaultPrice": offer.at_default,
        },
        "map": offer.cumulative_map(),
    }
