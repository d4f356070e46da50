"""``GET /services``, ``/countries`` and ``/prices``: the catalogue, from memory."""

from typing import Annotated, Final, Literal

from fastapi import Query, Request
from starlette.responses import Response

from api_routes.context import context_of
from api_routes.v1.responses import cacheable, header, problems
from api_routes.v1.router import new_router
from api_routes.v1.schemas import (
    CountriesOut,
    CountryOut,
    Ok,
    PriceOut,
    PricesOut,
    ServiceOut,
    ServicesOut,
)
from jiema_app.domain.errors import BadRequest
from jiema_app.i18n.locale_list import LOCALES

router = new_router()

ARRAY_TYPE: Final = "application/vnd.jiema.array+json"

VARY: Final = {"Vary": header("What else the response depends on.")}

ListShape = Annotated[
    Literal["object", "array"],
    Query(
        description="`array` returns `data` as a plain array, without `items`. So does the "
        f"header `Accept: {ARRAY_TYPE}`."
    ),
]


def _as_array(request: Request, shape: str) -> bool:
    return shape == "array" or ARRAY_TYPE in request.headers.get("accept", "")


@router.get(
    "/services",
    summary="List all services",
    response_model=Ok[ServicesOut | list[ServiceOut]],
    responses={**cacheable(**VARY), **problems()},
)
async def list_services(
    request: Request,
    shape: ListShape = "object",
    in_stock: Annotated[  # noqa: FBT002 - a query parameter has a name
        bool,
        Query(alias="inStock", description="Only services with numbers in stock."),
    ] = False,
) -> Response:
    """Stock figures are at most five minutes old and are checked again when you order."""
    payload = context_of(request).payloads.services(
        in_stock=in_stock, as_array=_as_array(request, shape)
    )
    return payload.answer(request)


@router.get(
    "/countries",
    summary="Every country on sale",
    response_model=Ok[CountriesOut | list[CountryOut]],
    responses={**cacheable(**VARY), **problems()},
)
async def list_countries(
    request: Request,
    shape: ListShape = "object",
    lang: Annotated[
        str | None, Query(description="Adds `localName` in this language.", examples=["zh"])
    ] = None,
) -> Response:
    """`id` and `slug` both work as the `country` of an order."""
    if lang is not None and lang not in LOCALES:
        raise BadRequest(f"lang: one of {', '.join(LOCALES)}.")
    payload = context_of(request).payloads.countries(lang=lang, as_array=_as_array(request, shape))
    return payload.answer(request)


@router.get(
    "/prices",
    summary="Price and stock of one service by country",
    response_model=Ok[PricesOut | list[PriceOut]],
    responses={**cacheable(**VARY), **problems("BAD_SERVICE")},
)
async def list_prices(
    request: Request,
    service: Annotated[
        str,
        Query(min_length=1, max_length=64, description="Service code or slug.", examples=["tg"]),
    ],
    shape: ListShape = "object",
) -> Response:
    """What an order costs, all included."""
    context = context_of(request)
    found = context.services.live_catalog.current.get_service(service)
    payload = context.payloads.prices(found, as_array=_as_array(request, shape))
    return payload.answer(request)
