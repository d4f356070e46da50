"""What is on sale: the price maps of the REST sibling, and the plain price list."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from jiema_app.domain.orders.supplier import SupplierOffer, SupplierUnavailable
from jiema_app.domain.units import MicroUsdt, ServiceCode
from jiema_app.integrations.supplier.dropped import DroppedRows
from jiema_app.integrations.supplier.handler_api import values
from jiema_app.integrations.supplier.handler_api.answers import Answer

SERVICES_AT_ONCE: Final = 100
"""Services of one request for price maps: a few megabytes of answer."""

SERVICES_MAX: Final = 5000
"""Of one supplier: two and a half times as many as any has. Each hundred is a request."""

FEW: Final = 3
"""A tier with fewer numbers would be sold out before a buyer's request arrives."""

TIERS_MAX: Final = 1000
"""Prices of one pair: fifty times as many as any has. Somebody who lists a million would keep
everybody waiting while they are sorted."""

PAIRS_AT_ONCE: Final = 500
"""Pairs read before other work of the process gets its turn (about 2 ms)."""


def read_services(answer: Answer, dropped: DroppedRows) -> list[ServiceCode]:
    """The codes of all services; none when the answer says nothing."""
    rows = answer.data.get("services") if isinstance(answer.data, dict) else None
    if isinstance(rows, list):
        codes = [row.get("code") if isinstance(row, dict) else None for row in rows]
    else:
        codes = list(rows) if isinstance(rows, dict) else []
    found: dict[ServiceCode, None] = {}
    for one in codes:
        code = values.service(one)
        if code is None or len(found) >= SERVICES_MAX:
            dropped.note("services", "code" if code is None else "too many", one)
        else:
            found[code] = None
    return list(found)


def chunks(services: Sequence[ServiceCode]) -> Iterator[Sequence[ServiceCode]]:
    """The services of one request each."""
    for start in range(0, len(services), SERVICES_AT_ONCE):
        yield services[start : start + SERVICES_AT_ONCE]


async def read_price_maps(answer: Answer, dropped: DroppedRows) -> list[SupplierOffer]:
    """Offers of ``data[service][country] = {prices, counts, map}``.

    Raises:
        SupplierUnavailable: It is not of that shape.
    """
    data = answer.data.get("data") if isinstance(answer.data, dict) else None
    if isinstance(data, list) and not data:
        return []
    if not isinstance(data, dict):
        raise SupplierUnavailable(f"offers: {answer.word or 'unknown shape'}")
    pairs = _pairs(data, dropped)
    found = ((service, country, *_cheapest_tier(row)) for service, country, row in pairs)
    return await _collect(found, dropped)


async def read_price_list(answer: Answer, dropped: DroppedRows) -> list[SupplierOffer]:
    """Offers of ``{country: {service: {cost, count}}}``.

    The count there is of any price, and the cost need not be buyable: only for suppliers
    that have nothing better.

    Raises:
        SupplierUnavailable: It is not of that shape.
    """
    data = answer.data
    if isinstance(data, list) and not data:
        return []
    if answer.word or not isinstance(data, dict):
        raise SupplierUnavailable(f"price list: {answer.word or 'unknown shape'}")
    found = (
        (service, country, values.micro(row.get("cost")), values.count(row.get("count")))
        for country, service, row in _pairs(data, dropped)
    )
    return await _collect(found, dropped)


async def _collect(
    found: Iterable[tuple[str, str, MicroUsdt | None, int | None]], dropped: DroppedRows
) -> list[SupplierOffer]:
    """The offers that can be read, and can be one: nobody sells for nothing."""
    offers: list[SupplierOffer] = []
    for done, (service, country, cost, count) in enumerate(found, 1):
        if done % PAIRS_AT_ONCE == 0:
            await asyncio.sleep(0)
        plain, _, forwarding = service.partition("_")
        if forwarding not in {"", "0"}:
            # A number that is forwarded: something else that we do not sell.
            continue
        code, country_id = values.service(plain), values.country(country)
        if code is None:
            dropped.note("offers", "service", service)
        elif country_id is None:
            dropped.note("offers", "country", country)
        elif not cost:
            dropped.note("offers", "cost", f"{code}-{country_id}")
        elif count is None:
            dropped.note("offers", "count", f"{code}-{country_id}")
        else:
            offers.append(SupplierOffer(code, country_id, cost, count))
    return offers


def _pairs(data: dict[str, Any], dropped: DroppedRows) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each row with its outer and inner key. PHP writes an empty object as a list."""
    for outer, rows in data.items():
        for inner, row in rows.items() if isinstance(rows, dict) else ():
            if isinstance(row, dict):
                yield outer, inner, row
            elif row != []:
                dropped.note("offers", "no object", inner)
        if not isinstance(rows, dict) and rows != []:
            dropped.note("offers", "no object", outer)


def _cheapest_tier(row: dict[str, Any]) -> tuple[MicroUsdt | None, int | None]:
    """The lowest price at which a few numbers can be had, and how many are.

    The map is cumulative: for each price, the numbers on sale up to it. A pair without
    stock keeps its list price, and a count of 0.
    """
    tiers = row.get("map")
    if isinstance(tiers, dict) and len(tiers) > TIERS_MAX:
        return None, None
    ladder = sorted(
        (price, count)
        for key, value in (tiers.items() if isinstance(tiers, dict) else ())
        if (price := values.micro(key)) and (count := values.count(value))
    )
    if ladder:
        enough = min(FEW, max(count for _, count in ladder))
        return next((price, count) for price, count in ladder if count >= enough)
    prices, counts = row.get("prices"), row.get("counts")
    price = values.micro(prices.get("default")) if isinstance(prices, dict) else None
    at_price = values.count(counts.get("defaultPrice")) if isinstance(counts, dict) else None
    return price, at_price or 0
