"""The REST sibling, as far as a shop needs it: bulk offers."""

import re
from hmac import compare_digest
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Query, Response

from sandbox.supplier.engine import Supplier
from sandbox.supplier.market import rest_row


def create_rest_router(supplier: Supplier) -> APIRouter:
    """Return the routes under /api/v1."""
    router = APIRouter(prefix="/api/v1", tags=["supplier REST"])

    @router.get("/activations/offers/sms")
    async def list_offers(
        services: Annotated[str, Query()] = "",
        countries: Annotated[str, Query()] = "",
        authorization: Annotated[str, Header()] = "",
    ) -> Response:
        """Prices, counts and price map per service and country; comma lists filter."""
        supplier.state.requests["rest:offers"] += 1
        refusal = _check_key(authorization, supplier.state.settings.supplier_key)
        if refusal is not None:
            return refusal
        wanted = [code for code in services.split(",") if code]
        parts = [
            part
            for code in wanted or list(supplier.catalogue.services)
            if (part := _offers(supplier, code, countries))
        ]
        if not parts:
            return _error(404, "OFFER_NOT_FOUND", "Offer Not Found")
        return _json(b'{"data":{' + b",".join(parts) + b"}}")

    return router


def _offers(supplier: Supplier, code: str, countries: str) -> bytes:
    market = supplier.state.market
    if code not in supplier.catalogue.services:
        return b""
    if not countries:
        return market.rest_offers(code)
    rows = {}
    for text in countries.split(","):
        if not re.fullmatch(r"[0-9]{1,4}", text):
            continue
        offer = market.find(code, int(text))
        if offer is not None:
            rows[str(int(text))] = rest_row(offer)
    return b'"%s":%s' % (code.encode(), orjson.dumps(rows)) if rows else b""


def _check_key(header: str, expected: str) -> Response | None:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "apikey" or not token:
        return _json(b'{"message":"Unauthenticated."}', 401)
    if not compare_digest(token.encode(), expected.encode()):
        return _error(403, "BAD_API_KEY", "Forbidden")
    return None


def _error(status: int, title: str, details: str) -> Response:
    return _json(orjson.dumps({"title": title, "details": details}), status)


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")
