"""What is on sale: the price maps of the REST sibling, and the plain price list."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from jiema_app.domain.orders.supplier import SupplierOffer, SupplierUnavailable
from jiema_app.domain.units import CountryId, MicroUsdt, ServiceCode
from jiema_app.integrations.supplier.handler_api import values
from jiema_app.integrations.supplier.handler_api.answers import Answer

SERVICES_AT_ONCE: Final = 100
"""Services of one request for price maps: a few megabytes of answer."""

FEW: Final = 3
"""A tier with fewer numbers would be sold out before a buyer's request arrives."""

PAIRS_AT_ONCE: Final = 500
"""Pairs read before other work of the process gets its turn (about 2 ms)."""


def read_services(answer: Answer) -> list[str]:
    """The codes of all services; none when the answer says nothing."""
    rows = answer.data.get("services") if isinstance(answer.data, dict) else None
    if isinstance(rows, dict):
        return [code for code in rows if code]
    codes = [row.get("code") for row in rows or () if isinstance(row, dict)]
    return [code for code in codes if isinstance(code, str) and code]


def chunks(services: Sequence[str]) -> Iterator[Sequence[str]]:
    """The services of one request each."""
    for start in range(0, len(services), SERVICES_AT_ONCE):
        yield services[start : start + SERVICES_AT_ONCE]


async def read_price_maps(answer: Answer) -> list[SupplierOffer]:
    """Offers of ``data[service][country] = {prices, counts, map}``.

    Raises:
        SupplierUnavailable: It is not of that shape.
    """
    data = answer.data.get("data") if isinstance(answer.data, dict) else None
    if isinstance(data, list) and not data:
        return []
    if not isinstance(data, dict):
        raise SupplierUnavailable(f"offers: {answer.word or 'unknown shape'}")
    return await _collect(
        (service, country, _cheapest_tier(row)) for service, country, row in _pairs(data)
    )


async def read_price_list(answer: Answer) -> list[SupplierOffer]:
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
    return await _collect(
        (service, country, (values.micro(row.get("cost")), values.whole(row.get("count"))))
        for country, service, row in _pairs(data)
    )


async def _collect(
    found: Iterable[tuple[str, str, tuple[MicroUsdt | None, int | None]]],
) -> list[SupplierOffer]:
    offers: list[SupplierOffer] = []
    for done, (service, country, (cost, count)) in enumerate(found, 1):
        if done % PAIRS_AT_ONCE == 0:
            await asyncio.sleep(0)
        code, country_id = _plain_service(service), values.whole(country)
        if code is not None and country_id is not None and cost is not None and count is not None:
            offers.append(SupplierOffer(ServiceCode(code), CountryId(country_id), cost, count))
    return offers


def _pairs(data: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each row with its outer and inner key. PHP writes an empty object as a list."""
    for outer, rows in data.items():
        if isinstance(rows, dict):
            for inner, row in rows.items():
                if isinstance(row, dict):
                    yield outer, inner, row


def _cheapest_tier(row: dict[str, Any]) -> tuple[MicroUsdt | None, int | None]:
    """The lowest price at which a few numbers can be had, and how many are.

    The map is cumulative: for each price, the numbers on sale up to it. A pair without
    stock keeps its list price, and a count of 0.
    """
    tiers = row.get("map")
    ladder = sorted(
        (price, count)
        for key, value in (tiers.items() if isinstance(tiers, dict) else ())
        if (price := values.micro(key)) is not None and (count := values.whole(value))
    )
    if ladder:
        enough = min(FEW, max(count for _, count in ladder))
        return next((price, count) for price, count in ladder if count >= enough)
    prices, counts = row.get("prices"), row.get("counts")
    price = values.micro(prices.get("default")) if isinstance(prices, dict) else None
    at_price = values.whole(counts.get("defaultPrice")) if isinstance(counts, dict) else None
    return price, at_price or 0


def _plain_service(service: str) -> str | None:
    """A service without the suffix of forwarding, ``tg_0``; None for a forwarded one."""
    code, _, forwarding = service.partition("_")
    return code if code and forwarding in {"", "0"} else None
