"""Loading the curated lists, refreshing offers, and reading it all into one value."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
import structlog

from jiema_app.domain.catalog import queries, seed
from jiema_app.domain.catalog.changes import Changes, read_changes
from jiema_app.domain.catalog.earning_terms import EarningTerms
from jiema_app.domain.catalog.snapshot import (
    Catalog,
    CountryView,
    Figures,
    Quote,
    ServiceView,
    build_catalog,
)
from jiema_app.domain.clock import Clock
from jiema_app.domain.compliance.classes import ComplianceClass
from jiema_app.domain.errors import BadRequest, BadService
from jiema_app.domain.figures import queries as figure_queries
from jiema_app.domain.figures.ranking import SAMPLE_MIN, RouteFigures
from jiema_app.domain.orders.supplier import Supplier, SupplierOffer
from jiema_app.domain.pricing.rules import PriceBook
from jiema_app.domain.pricing.service import load_price_book
from jiema_app.domain.transaction import Connection, Database
from jiema_app.domain.units import CountryId, MicroUsdt, ServiceCode, cents

log = structlog.get_logger()

SHRINK_LIMIT: Final = 0.5
"""A refresh that lost more than this share of the pairs in stock is taken for a broken
answer (large ones have been seen truncated) and is not applied."""


class OffersLookBroken(Exception):
    """A refresh lost most of the stock at once; the last offers were kept."""


@dataclass(frozen=True, slots=True)
class CatalogService:
    """The catalogue in the database.

    Attributes:
        suppliers: The names of those we buy from. Offers of others, who may be configured
            no longer, are kept but not sold.
    """

    database: Database
    clock: Clock
    suppliers: Sequence[str]

    async def load_seed(self) -> tuple[int, int]:
        """Bring services and countries to the curated lists that ship with the product.

        Returns:
            How many services and countries were loaded.
        """
        services, countries = seed.load_services(), seed.load_countries()
        codes = [service.code for service in services]
        async with self.database.transaction() as connection:
            await connection.execute(queries.FREE_SERVICE_SLUGS, codes)
            await connection.execute(queries.RETIRE_SERVICES, codes)
            await connection.executemany(
                queries.LOAD_SERVICE,
                [
                    (s.code, s.slug, s.name, s.category, s.popularity, list(s.aliases),
                     s.compliance.value, s.reason)
                    for s in services
                ],
            )  # fmt: skip
            await connection.executemany(
                queries.LOAD_COUNTRY,
                [
                    (c.id, c.slug, c.iso2, c.flag, c.dial_code, c.popularity, dict(c.names),
                     c.compliance.value)
                    for c in countries
                ],
            )  # fmt: skip
            await connection.execute(queries.ANNOUNCE)
        return len(services), len(countries)

    async def refresh_offers(self, supplier: Supplier, *, even_if_fewer: bool = False) -> int:
        """Replace a supplier's offers by what it offers now.

        Args:
            supplier: Whose.
            even_if_fewer: Somebody has looked, and most of the stock is really gone.

        Returns:
            How many pairs are in stock.

        Raises:
            OffersLookBroken: The answer lost most of the stock; nothing was changed.
            SupplierError: The supplier did not answer; nothing was changed.
        """
        offers = await supplier.list_offers()
        async with self.database.transaction() as connection:
            stocked = await self._merge(connection, supplier.name, offers, even_if_fewer)
            await connection.execute(queries.ANNOUNCE)
        log.info("offers refreshed", supplier=supplier.name, pairs_in_stock=stocked)
        return stocked

    async def override(
        self, service: str, to: ComplianceClass | None, *, actor: str, reason: str
    ) -> ComplianceClass:
        """Judge a service otherwise than the curated list does; no class: as the list does.

        It outlives a reload of the list, and counts in every process at once.

        Returns:
            The class that counts now.

        Raises:
            BadRequest: No reason was given. Nothing changed.
            BadService: There is no service with this code. Nothing changed.
        """
        if not reason.strip():
            raise BadRequest("Give a reason: it is kept in the audit log.")
        async with self.database.transaction() as connection:
            row = await connection.fetchrow(queries.OVERRIDE, service, to, actor, reason)
        if row is None:
            raise BadService(service)
        return to or ComplianceClass(row["compliance"])

    async def read(self) -> Catalog:
        """The catalogue as it is now, priced."""
        now = self.clock.now()
        async with self.database.connection() as connection:
            transaction = connection.transaction(isolation="repeatable_read", readonly=True)
            async with transaction:
                services = [
                    _service(row) for row in await connection.fetch(queries.SERVICES_ON_SALE)
                ]
                countries = [
                    CountryView(**row) for row in await connection.fetch(queries.COUNTRIES_ON_SALE)
                ]
                book = await load_price_book(connection, now)
                offers = await connection.fetch(queries.OFFERS, self.suppliers)
                figures = await connection.fetch(figure_queries.SHOWN, SAMPLE_MIN)
                earning = await connection.fetchrow(queries.EARNING_TERMS)
        assert earning is not None, "migrations write the first terms"
        return build_catalog(
            now,
            services,
            countries,
            _price(offers, book, services, countries),
            figures=_sort_figures(figures),
            next_change_at=book.next_change_at,
            earning=EarningTerms(**dict(earning)),
        )

    async def read_changes(self) -> Changes:
        """On which day price or stock of each service and country last changed."""
        return await read_changes(self.database)

    async def _merge(
        self,
        connection: Connection,
        supplier: str,
        offers: list[SupplierOffer],
        even_if_fewer: bool,  # noqa: FBT001 - passed on from a keyword
    ) -> int:
        services = {row["code"] for row in await connection.fetch(queries.SERVICES_ON_SALE)}
        countries = {row["id"] for row in await connection.fetch(queries.COUNTRIES_ON_SALE)}
        ours = [
            (offer.service, offer.country, offer.cost_micro, offer.count)
            for offer in offers
            if offer.service in services and offer.country in countries
        ]
        stocked = sum(1 for *_, count in ours if count)
        before = await connection.fetchval(
            queries.COUNT_IN_STOCK, supplier, list(services), list(countries)
        )
        if stocked < before * SHRINK_LIMIT and not even_if_fewer:
            raise OffersLookBroken(f"{stocked} pairs in stock after {before}")
        await connection.execute(queries.STAGE_OFFERS)
        await connection.copy_records_to_table("staged_offers", records=ours)
        await connection.execute(queries.MERGE_OFFERS, supplier)
        await connection.execute(queries.EMPTY_UNOFFERED, supplier)
        return stocked


def _service(row: asyncpg.Record) -> ServiceView:
    fields = dict(row)
    return ServiceView(
        **fields
        | {
            "aliases": tuple(fields["aliases"]),
            "compliance": ComplianceClass(fields["compliance"]),
        }
    )


def _sort_figures(rows: Iterable[asyncpg.Record]) -> Figures:
    routes: dict[tuple[ServiceCode, CountryId], RouteFigures] = {}
    services: dict[ServiceCode, RouteFigures] = {}
    countries: dict[CountryId, RouteFigures] = {}
    for service, country, *figures in rows:
        known = RouteFigures(*figures)
        if service == figure_queries.OF_ALL_SERVICES:
            countries[country] = known
        elif country == figure_queries.OF_ALL_COUNTRIES:
            services[service] = known
        else:
            routes[service, country] = known
    return Figures(routes, services, countries)


def _price(
    offers: Iterable[asyncpg.Record],
    book: PriceBook,
    services: list[ServiceView],
    countries: list[CountryView],
) -> dict[ServiceCode, dict[CountryId, tuple[Quote, ...]]]:
    on_sale = {service.code for service in services}
    served = {country.id for country in countries}
    quotes: defaultdict[ServiceCode, dict[CountryId, tuple[Quote, ...]]] = defaultdict(dict)
    for code, country, supplier, cost, count in offers:
        if code not in on_sale or country not in served:
            continue
        price = book.find_price(code, country, MicroUsdt(cost))
        if price is None:
            continue
        quote = Quote(cents(price), cost, count, supplier)
        others = quotes[code].get(country, ())
        # Cheapest in stock first: where the next number is bought, and what it costs.
        quotes[code][country] = tuple(
            sorted((*others, quote), key=lambda q: (q.stock == 0, q.price_cents))
        )
    return dict(quotes)
