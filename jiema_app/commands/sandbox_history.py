"""``sandbox history``: a month of other people's orders, so that a new shop shows its figures.

The buyers are invented, and so are their orders; their money is play money, and it is posted as
all money is. How well a pair does is asked of the sandbox, so that what is bought from now on
does as well as what is shown.
"""

import asyncio
import math
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

import httpx
import typer

from jiema_app.bootstrap import Services
from jiema_app.commands.console import fail, with_services
from jiema_app.domain import ids
from jiema_app.domain.catalog.snapshot import Catalog
from jiema_app.domain.clock import Clock
from jiema_app.domain.figures.rollup import WINDOW
from jiema_app.domain.ledger import service as ledger
from jiema_app.domain.ledger.accounts import HouseAccount, TransferKind, UserAccount
from jiema_app.domain.ledger.queries import ACCOUNT_OF
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.units import (
    AccountId,
    Cents,
    CountryId,
    MicroUsdt,
    ServiceCode,
    UserId,
    micro,
)

BATCH: Final = 2_000
"""Orders a transaction: whoever is stopped has whole ones, with their money."""

ORDERS_PER_BUYER: Final = 60
ORDERS_MAX: Final = 1_000_000
TIMEOUT_S: Final = 10.0
ANSWER_MAX: Final = 8_000_000
"""Bytes of the sandbox's answer."""

SPREAD: Final = 0.6
GIVEN_UP: Final = 0.03
FINISHED: Final = 0.4
CANCELLED: Final = 0.35
"""Shares: of all, given up at once; of those with a code, finished by hand; of those without,
cancelled by hand."""

ORDER_COLUMNS: Final = (
    "id", "user_id", "status", "reason", "service_code", "country_id", "price_micro",
    "cost_limit_micro", "cost_micro", "supplier", "phone", "sms_count", "created_at",
    "expires_at", "received_at", "first_sms_at", "ended_at", "purged_at",
)  # fmt: skip

POST_ALL: Final = """
select count(ledger_post($1, id, source, target, amount))
from unnest($2::text[], $3::integer[], $4::integer[], $5::bigint[]) as o (id, source, target, amount)
"""

Qualities = dict[tuple[ServiceCode, CountryId], tuple[float, float]]
"""By pair: the share of numbers that receive a code, and the median of the seconds to it."""


@dataclass(frozen=True, slots=True)
class Past:
    """One order of the past.

    Attributes:
        first_sms_at: None when no code came.
    """

    service: ServiceCode
    country: CountryId
    price: MicroUsdt
    cost: MicroUsdt
    dial_code: str
    created_at: datetime
    first_sms_at: datetime | None
    ended_at: datetime
    reason: EndReason

    @property
    def status(self) -> OrderStatus:
        """How it ended."""
        return OrderStatus.CANCELLED if self.first_sms_at is None else OrderStatus.COMPLETED


def history(
    orders: Annotated[int, typer.Option(help="How many orders.", min=1, max=ORDERS_MAX)] = 20_000,
    seed: Annotated[int | None, typer.Option(help="The same orders for the same number.")] = None,
) -> None:
    """Fill the last 30 days with orders of invented buyers, and count how the routes did."""

    async def fill(services: Services) -> str:
        began = time.monotonic()
        qualities = await _ask_for_qualities(services.settings.sandbox_url)
        draw = random.Random(seed)  # noqa: S311 - play data
        catalog = await services.catalog.read()
        past = list(_draw_orders(draw, catalog, qualities, services.clock, orders))
        if not past:
            fail("nothing is on sale: is the worker running? (`make run`)")
        await _write(services, draw, past)
        await services.route_figures.run_anew()
        return f"{len(past)} orders of the last 30 days in {time.monotonic() - began:.0f} s"

    typer.echo(with_services(fill))


async def _ask_for_qualities(sandbox: str) -> Qualities:
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            answer = (await client.get(f"{sandbox}/control/supplier/quality")).raise_for_status()
            if len(answer.content) > ANSWER_MAX:
                fail("the sandbox answers more than it should")
            pairs = answer.json()["pairs"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        fail(f"the sandbox does not answer ({type(error).__name__}): start it with `make run`")
    return {
        (ServiceCode(service), CountryId(int(country))): (float(share), float(median))
        for service, countries in pairs.items()
        for country, (share, median) in countries.items()
    }


def _draw_orders(
    draw: random.Random, catalog: Catalog, qualities: Qualities, clock: Clock, orders: int
) -> Iterator[Past]:
    """Popular routes most of all, as everywhere; and none that nobody has heard of."""
    routes, weights = [], []
    for service_rank, service in enumerate(catalog.services, start=1):
        for country_rank, country in enumerate(catalog.countries, start=1):
            quotes = catalog.list_quotes(service.code, country.id)
            if quotes and (service.code, country.id) in qualities:
                routes.append((service, country, quotes[0]))
                weights.append(1 / (service_rank**1.1 * country_rank**0.9))
    now = clock.now()
    for service, country, quote in draw.choices(routes, weights, k=orders) if routes else ():
        created_at = now - WINDOW * draw.random()
        share, median_s = qualities[service.code, country.id]
        reason, seconds, first = EndReason.EXPIRED, 900.0, None
        if draw.random() < GIVEN_UP:
            reason, seconds = EndReason.USER, draw.uniform(3, 50)
        elif draw.random() < share:
            wait_s = min(600.0, max(1.0, median_s * math.exp(SPREAD * draw.gauss(0, 1))))
            first = created_at + timedelta(seconds=wait_s)
            if draw.random() < FINISHED:
                reason, seconds = EndReason.USER, wait_s + draw.uniform(10, 200)
        elif draw.random() < CANCELLED:
            reason, seconds = EndReason.USER, draw.uniform(65, 890)
        ended_at = created_at + timedelta(seconds=seconds)
        if ended_at <= now:
            yield Past(
                service.code, country.id, micro(Cents(quote.price_cents)), quote.cost_micro,
                country.dial_code, created_at, first, ended_at, reason,
            )  # fmt: skip


async def _write(services: Services, draw: random.Random, past: list[Past]) -> None:
    past.sort(key=lambda order: order.created_at)
    supplier = next(iter(services.suppliers))
    for start in range(0, len(past), BATCH):
        batch = past[start : start + BATCH]
        bought: defaultdict[int, list[Past]] = defaultdict(list)
        for order in batch:
            bought[draw.randrange(max(1, len(batch) // ORDERS_PER_BUYER))].append(order)
        await _write_batch(services, supplier, list(bought.values()))
        typer.echo(f"{start + len(batch)} of {len(past)} orders", err=True)
        await asyncio.sleep(0)


async def _write_batch(services: Services, supplier: str, bought: list[list[Past]]) -> None:
    """New buyers, what they need, and what they bought with it: in one transaction."""
    async with services.database.transaction() as connection:
        rows, postings = [], []
        for orders in bought:
            buyer = await services.identity.create(connection)
            # All of it is held before anything comes back.
            amount = MicroUsdt(sum(order.price for order in orders))
            reference = ids.new_id()
            await ledger.credit(
                connection, buyer, amount, kind=TransferKind.SANDBOX_CREDIT, reference=reference
            )
            account = await connection.fetchval(ACCOUNT_OF, buyer, UserAccount.SPENDING)
            for order in orders:
                rows.append(_row(order, buyer, supplier))
                postings.append((rows[-1][0], account, order))
        await connection.copy_records_to_table("orders", records=rows, columns=ORDER_COLUMNS)
        for kind, legs in _legs(postings).items():
            await connection.fetchval(POST_ALL, kind, *map(list, zip(*legs, strict=True)))


def _row(order: Past, buyer: UserId, supplier: str) -> tuple[object, ...]:
    return (
        ids.new_id_at(order.created_at), buyer, order.status, order.reason, order.service,
        order.country, order.price, order.cost, order.cost, supplier,
        f"{order.dial_code}{'*' * 7}{order.created_at.microsecond % 100:02}",
        int(order.first_sms_at is not None), order.created_at,
        order.created_at + timedelta(seconds=900), order.first_sms_at, order.first_sms_at,
        order.ended_at, order.ended_at,
    )  # fmt: skip


def _legs(
    postings: list[tuple[object, AccountId, Past]],
) -> dict[TransferKind, list[tuple[object, int, int, int]]]:
    """What is posted of each kind, in the order it has to happen: from where, to where, how much."""
    house = HouseAccount
    legs: dict[TransferKind, list[tuple[object, int, int, int]]] = {
        TransferKind.ORDER_PLACED: [],
        TransferKind.ORDER_RECEIVED: [],
        TransferKind.ORDER_REFUNDED: [],
    }
    for order_id, account, order in postings:
        legs[TransferKind.ORDER_PLACED].append((order_id, account, house.ORDERS_OPEN, order.price))
        if order.first_sms_at is None:
            legs[TransferKind.ORDER_REFUNDED].append(
                (order_id, house.ORDERS_OPEN, account, order.price)
            )
        else:
            legs[TransferKind.ORDER_RECEIVED].append(
                (order_id, house.ORDERS_OPEN, house.SALES, order.price)
            )
    return {kind: of_kind for kind, of_kind in legs.items() if of_kind}
