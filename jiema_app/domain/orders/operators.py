"""Which mobile operators a buyer may choose, and how many numbers each has.

Both are read from the supplier when somebody asks, and remembered: names for an hour, stock for
two minutes. Nobody waits long for them: what is not known in time is not shown, and what was
read until then is there for whoever asks next.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from jiema_app.domain.errors import NoNumbers, UpstreamError
from jiema_app.domain.orders.supplier import Supplier, SupplierError
from jiema_app.domain.units import CountryId, ServiceCode

log = structlog.get_logger()

OPERATOR_LENGTH_MAX: Final = 32
NAMES_S: Final = 3600.0
STOCK_S: Final = 120.0
STALE_S: Final = 600.0
"""A count that is older says nothing."""

AGAIN_S: Final = 30.0
"""After a failure nobody asks again before this."""

PATIENCE_S: Final = 2.5
AT_ONCE: Final = 2
"""Countries of which stock is read at a time. It goes below everything else that is asked of a
supplier, and whoever leafs through all countries must not hold up its lists."""

COUNTRIES_KEPT: Final = 24
"""A count for each of a thousand services and ten operators takes about half a megabyte."""


@dataclass(frozen=True, slots=True)
class OperatorStock:
    """One operator in one country.

    Attributes:
        name: The supplier's own, such as ``globe_telecom``.
        count: Numbers for one service; None when it is not known now.
    """

    name: str
    count: int | None


@dataclass(slots=True)
class _Names:
    by_country: Mapping[CountryId, Sequence[str]] | None = None
    next_at: float = -math.inf
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class _Counts:
    """Of one country: when each operator's were read, and what they were."""

    by_operator: dict[str, tuple[float, Mapping[ServiceCode, int]]] = field(default_factory=dict)
    next_at: float = -math.inf
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class OperatorBook:
    """What this process knows of operators."""

    def __init__(
        self, suppliers: Mapping[str, Supplier], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._suppliers = suppliers
        self._clock = clock
        self._names: dict[str, _Names] = {name: _Names() for name in suppliers}
        self._counts: OrderedDict[tuple[str, CountryId], _Counts] = OrderedDict()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def list_stock(
        self, supplier: str, service: ServiceCode, country: CountryId
    ) -> list[OperatorStock]:
        """Every operator of a country; none when they are not known now."""
        names = await self._names_in(supplier, country) or ()
        counts = self._counts_of(supplier, country)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._read_counts(supplier, country, names, counts)
        except TimeoutError:
            log.info("operators' stock not read in time")
        return [OperatorStock(name, self._count(counts, name, service)) for name in names]

    async def ensure(self, supplier: str, country: CountryId, operator: str) -> None:
        """See that a purchase may name an operator: some suppliers sell any number instead.

        Raises:
            NoNumbers: The country has no such operator.
            UpstreamError: That is not known now.
        """
        names = await self._names_in(supplier, country)
        if names is None:
            raise UpstreamError
        if operator not in names:
            raise NoNumbers("No numbers of this mobile operator are available.")

    async def _names_in(self, supplier: str, country: CountryId) -> Sequence[str] | None:
        known = self._names[supplier]
        try:
            async with asyncio.timeout(PATIENCE_S), known.lock:
                if self._clock() >= known.next_at:
                    known.next_at = self._clock() + AGAIN_S
                    known.by_country = await self._suppliers[supplier].list_operators()
                    known.next_at = self._clock() + NAMES_S
        except (TimeoutError, SupplierError) as error:
            # What was known before holds on: operators come and go in months.
            log.info("operators not read", supplier=supplier, error=type(error).__name__)
        return None if known.by_country is None else known.by_country.get(country, ())

    def _counts_of(self, supplier: str, country: CountryId) -> _Counts:
        key = (supplier, country)
        counts = self._counts.setdefault(key, _Counts())
        self._counts.move_to_end(key)
        while len(self._counts) > COUNTRIES_KEPT:
            self._counts.popitem(last=False)
        return counts

    async def _read_counts(
        self, supplier: str, country: CountryId, names: Sequence[str], counts: _Counts
    ) -> None:
        async with counts.lock, self._turns:
            for name in names:
                now, known = self._clock(), counts.by_operator.get(name)
                if now < counts.next_at or (known is not None and now < known[0] + STOCK_S):
                    continue
                try:
                    found = await self._suppliers[supplier].count_of_operator(country, name)
                except SupplierError as error:
                    counts.next_at = self._clock() + AGAIN_S
                    log.info("operator's stock not read", error=type(error).__name__)
                    return
                counts.by_operator[name] = (self._clock(), found)

    def _count(self, counts: _Counts, name: str, service: ServiceCode) -> int | None:
        read_at, found = counts.by_operator.get(name, (None, {}))
        if read_at is None or self._clock() - read_at > STALE_S:
            return None
        return found.get(service, 0)
