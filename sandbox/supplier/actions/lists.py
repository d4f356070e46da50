"""Catalogue and price actions."""

from functools import cache
from typing import TYPE_CHECKING

import orjson

from sandbox.supplier.actions.context import Request, find_country
from sandbox.supplier.catalogue import Country, load_catalogue
from sandbox.supplier.dialects import Reply, json
from sandbox.supplier.market import Offer, price_row
from sandbox.supplier.money import to_wire
from sandbox.supplier.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable


@cache
def _countries_bytes(*, legacy: bool) -> bytes:
    rows = {}
    for country in load_catalogue().countries.values():
        row = {
            "id": country.id,
            "rus": country.rus,
            "eng": country.eng,
            "chn": country.chn,
            "visible": country.visible,
            "retry": country.retry,
            "rent": country.rent,
        }
        if legacy:
            row["multiService"] = country.multi_service
        rows[str(country.id)] = row
    return orjson.dumps(rows)


def get_countries(request: Request) -> Reply:
    """Answer every country, keyed by id."""
    return Reply(200, _countries_bytes(legacy=request.legacy))


def get_services_list(request: Request) -> Reply:
    """Answer code and name of every service, or of those on sale in a country."""
    services = request.supplier.catalogue.services
    codes: Iterable[str] = services
    if request.params.get("country"):
        country = request.country()
        codes = [code for code, _ in request.supplier.state.market.offers_in(country.id)]
    rows = [{"code": code, "name": services[code].name} for code in codes]
    return json({"status": "success", "services": rows})


def get_operators(request: Request) -> Reply:
    """Answer operator codes per country."""
    operators = request.supplier.catalogue.operators
    text = request.params.get("country")
    if text:
        country = find_country(request, text)
        found = operators.get(country.id) if country else None
        if country is None or found is None:
            raise RefusedError("OPERATORS_NOT_FOUND")
        operators = {country.id: found}
    rows = {str(id_): codes for id_, codes in operators.items()}
    return json({"status": "success", "countryOperators": rows})


def get_numbers_status(request: Request) -> Reply:
    """Answer service -> stock in one country, of one operator when one is named.

    Legacy prints the stock as text.
    """
    country = request.country()
    rows = request.supplier.state.market.offers_in(country.id)
    operator = request.params.get("operator")
    stock = {
        code: offer.total
        if operator in {None, "", "any"}
        else request.supplier.stock_of(code, country, offer.total).get(operator, 0)
        for code, offer in rows
    }
    if request.legacy:
        return json({code: str(count) for code, count in stock.items()})
    return json(stock)


def get_prices(request: Request) -> Reply:
    """Answer country -> service -> cost, count, physicalCount."""
    market = request.supplier.state.market
    countries = request.supplier.catalogue.countries
    try:
        service, country = _filters(request)
    except _IncorrectFilter as incorrect:
        return json({"status": "false", "msg": str(incorrect)})
    if service is None and country is None:
        return Reply(200, market.all_prices(list(countries)))
    rows: dict[str, dict[str, object]] = {}
    if service is not None:
        for id_, offer in _of_service(request, service, country):
            rows[str(id_)] = {service: price_row(offer)}
    elif country is not None:
        found = {code: price_row(offer) for code, offer in market.offers_in(country.id)}
        if found:
            rows[str(country.id)] = dict(found)
    return json(rows)


def get_prices_verification(request: Request) -> Reply:
    """Answer the legacy inverted shape: service -> country -> count, price."""
    try:
        service, country = _filters(request)
    except _IncorrectFilter as incorrect:
        return json({"status": "false", "msg": str(incorrect)})
    if service is None:
        return json({"status": "false", "msg": "service is incorrect"})
    rows = {
        str(id_): {"count": offer.total, "price": to_wire(offer.ladder.default_micro)}
        for id_, offer in _of_service(request, service, country)
    }
    return json({service: rows})


def get_top_countries(request: Request) -> Reply:
    """Answer the most popular countries of one service, or of all."""
    services = request.supplier.catalogue.services
    free = request.params.get("freePrice", "").lower() in {"true", "1"}
    if request.params.get("service"):
        return json(_top(request, request.service(), free=free))
    return json({code: _top(request, code, free=free) for code in services})


def _top(request: Request, service: str, *, free: bool) -> dict[str, object]:
    rows = sorted(_of_service(request, service, None), key=lambda row: -row[1].total)
    answer: dict[str, object] = {}
    for position, (country, offer) in enumerate(rows):
        default = to_wire(offer.ladder.default_micro)
        row: dict[str, object] = {
            "country": country,
            "price": default,
            "retail_price": default,
            "count": offer.total,
        }
        if free:
            tiers = offer.cumulative_map()
            row["freePriceMap"] = dict(reversed(tiers.items()))
            row["price"] = float(next(iter(tiers))) if tiers else default
        answer[str(position)] = row
    return answer


def _of_service(request: Request, service: str, country: Country | None) -> list[tuple[int, Offer]]:
    market = request.supplier.state.market
    wanted = [country.id] if country is not None else market.countries_of(service)
    found = ((id_, market.find(service, id_)) for id_ in wanted)
    return [(id_, offer) for id_, offer in found if offer is not None]


class _IncorrectFilter(Exception):
    """A filter names nothing that exists; the text is the documented `msg`."""


def _filters(request: Request) -> tuple[str | None, Country | None]:
    service = request.params.get("service") or None
    if service is not None and service not in request.supplier.catalogue.services:
        raise _IncorrectFilter("service is incorrect")
    text = request.params.get("country")
    if not text:
        return service, None
    country = find_country(request, text)
    if country is None:
        raise _IncorrectFilter("country is incorrect")
    return service, country
