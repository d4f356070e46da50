"""Answers made of the catalogue: encoded and compressed once, sent many times."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import brotli
import orjson
from starlette.requests import Request
from starlette.responses import Response

from api_routes.envelope import JSON
from api_routes.times import timestamp
from jiema_app.domain.catalog.live import LiveCatalog
from jiema_app.domain.catalog.snapshot import Catalog, CountryView, ServiceSummary, ServiceView
from jiema_app.domain.figures.ranking import RouteFigures

COMPRESS_FROM: Final = 500
BROTLI_QUALITY: Final = 5
CACHE_CONTROL: Final = "private, max-age=60"


@dataclass(frozen=True, slots=True)
class Payload:
    """One body in every encoding, with its entity tag."""

    etag: str
    by_encoding: Mapping[str, bytes]

    @classmethod
    def of(cls, data: Any, *, tagged_by: Any) -> "Payload":
        """Encode ``data`` in the envelope.

        Args:
            data: What the client gets.
            tagged_by: What the entity tag stands for: the data without its date.
        """
        body = orjson.dumps({"ok": True, "data": data})
        digest = hashlib.blake2b(orjson.dumps(tagged_by), digest_size=12).hexdigest()
        encodings = {"identity": body}
        if len(body) >= COMPRESS_FROM:
            encodings["gzip"] = gzip.compress(body, 6)
            encodings["br"] = brotli.compress(body, quality=BROTLI_QUALITY)
        return cls(f'W/"{digest}"', encodings)

    def answer(self, request: Request) -> Response:
        """The body as this client takes it, or 304 when it has it already."""
        headers = {
            "ETag": self.etag,
            "Cache-Control": CACHE_CONTROL,
            "Vary": "Accept-Encoding, Accept, Authorization",
        }
        if matches(request.headers.get("if-none-match"), self.etag):
            return Response(status_code=304, headers=headers)
        encoding = self._encoding(", ".join(request.headers.getlist("accept-encoding")).lower())
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
        return Response(self.by_encoding[encoding], media_type=JSON, headers=headers)

    def _encoding(self, accepted: str) -> str:
        for encoding in ("br", "gzip"):
            if (
                encoding in accepted
                and encoding in self.by_encoding
                and not _refused(accepted, encoding)
            ):
                return encoding
        return "identity"


def _refused(accepted: str, encoding: str) -> bool:
    """Whether the client lists the encoding only to refuse it (``br;q=0``)."""
    for part in accepted.split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip().lower() == encoding:
            return quality.replace(" ", "").lower() in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return True


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether a client's entity tags include this one (weak comparison)."""
    if if_none_match is None:
        return False
    bare = etag.removeprefix("W/")
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return bare in tags or "*" in tags


class CatalogPayloads:
    """The catalogue's answers, made at the first request after it changed."""

    def __init__(self, live: LiveCatalog) -> None:
        self._live = live
        self._catalog: Catalog = live.current
        self._made: dict[Any, Payload] = {}

    def services(self, *, in_stock: bool, as_array: bool) -> Payload:
        """``GET /services``."""

        def make(catalog: Catalog) -> Payload:
            items = [
                _service(summary)
                for summary in catalog.service_summaries.values()
                if summary.total_count or not in_stock
            ]
            return _listing(catalog, items, as_array=as_array)

        return self._get(("services", in_stock, as_array), make)

    def countries(self, *, lang: str | None, as_array: bool) -> Payload:
        """``GET /countries``."""

        def make(catalog: Catalog) -> Payload:
            items = [_country(country, lang) for country in catalog.countries]
            return _listing(catalog, items, as_array=as_array)

        return self._get(("countries", lang, as_array), make)

    def prices(self, service: ServiceView, *, as_array: bool) -> Payload:
        """``GET /prices``: countries with stock first, cheapest first."""

        def make(catalog: Catalog) -> Payload:
            items = _prices(catalog, service)
            extra = {"service": service.code}
            return _listing(catalog, items, as_array=as_array, extra=extra)

        return self._get(("prices", service.code, as_array), make)

    def _get(self, key: Any, make: Callable[[Catalog], Payload]) -> Payload:
        catalog = self._live.current
        if catalog is not self._catalog:
            self._catalog, self._made = catalog, {}
        payload = self._made.get(key)
        if payload is None:
            payload = self._made[key] = make(catalog)
        return payload


def _listing(
    catalog: Catalog, items: list[Any], *, as_array: bool, extra: Mapping[str, Any] | None = None
) -> Payload:
    if as_array:
        return Payload.of(items, tagged_by=items)
    data = {**(extra or {}), "items": items, "generatedAt": timestamp(catalog.generated_at)}
    return Payload.of(data, tagged_by=[extra, items])


def _service(summary: ServiceSummary) -> dict[str, Any]:
    service = summary.service
    price = summary.min_price_cents
    return {
        "code": service.code,
        "slug": service.slug,
        "name": service.name,
        "minCostUsd": None if price is None else price / 100,
        "totalCount": summary.total_count,
        "countryCount": summary.country_count,
        "category": service.category,
        "notice": service.reason if service.compliance == "warn" else None,
    }


def _country(country: CountryView, lang: str | None) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": country.id,
        "slug": country.slug,
        "name": country.name,
        "flag": country.flag,
        "iso2": country.iso2,
        "dialCode": country.dial_code,
    }
    if lang is not None:
        item["localName"] = country.names[lang]
    return item


def _prices(catalog: Catalog, service: ServiceView) -> list[dict[str, Any]]:
    offers = sorted(
        catalog.list_country_offers(service),
        key=lambda offer: (offer.stock == 0, offer.price_cents),
    )
    return [
        {
            "countryId": offer.country.id,
            "countrySlug": offer.country.slug,
            "priceCents": str(offer.price_cents),
            "count": offer.stock,
            **_figures(offer.figures),
        }
        for offer in offers
    ]


def _figures(known: RouteFigures | None) -> dict[str, Any]:
    if known is None:
        return {"successRate": None, "medianSeconds": None, "sample": None}
    return {
        # Rounded down: only all of them are 1.
        "successRate": known.received * 1000 // known.sample / 1000,
        "medianSeconds": known.median_s,
        "sample": known.sample,
    }
