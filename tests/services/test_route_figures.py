"""How routes do: counted by hour, and always what the orders themselves say."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Final

import pytest

from jiema_app.domain import ids
from jiema_app.domain.catalog.snapshot import Figures as KnownFigures
from jiema_app.domain.figures import queries
from jiema_app.domain.figures.ranking import SAMPLE_MIN
from jiema_app.domain.figures.rollup import Doubt
from jiema_app.domain.orders.statuses import EndReason
from jiema_app.domain.units import CountryId, ServiceCode
from tests.support.figures import Figures, read_figures, recount
from tests.support.shop import Customer, Shop, now

SURE: Final = Doubt(0, 0, 0)
ROUTES: Final = [("tg", 6), ("tg", 7), ("wa", 6)]

INSERT: Final = """
insert into orders (id, user_id, status, reason, service_code, country_id, price_micro,
    cost_limit_micro, supplier, phone, sms_count, created_at, expires_at, received_at,
    first_sms_at, ended_at)
values ($1, $2, $3, $4, $5, $6, 10000, 10000, 'primary', '+601', $7, $8, $8, $9, $9, $10)
"""


@pytest.fixture
async def shop(odd_shop: Shop) -> Shop:
    """Orders are written without their money here; at the end they are gone."""
    return odd_shop


async def write_orders(shop: Shop, ann: Customer, moments: Iterable[datetime], seed: int) -> None:
    """Orders of every fate that began at these moments."""
    draw, rows = random.Random(seed), []
    for at in moments:
        service, country = draw.choice(ROUTES)
        fate = draw.choice(["code", "code", "code", "refunded", "given up", "open"])
        seconds = timedelta(seconds=draw.choice([3, 5, 8, 13, 300]) + draw.random())
        first = at + seconds if fate == "code" else None
        status, reason, ended = {
            "code": ("COMPLETED", EndReason.EXPIRED, at + timedelta(seconds=900)),
            "refunded": ("CANCELLED", EndReason.EXPIRED, at + timedelta(seconds=900)),
            "given up": ("CANCELLED", EndReason.USER, at + timedelta(seconds=draw.randint(1, 90))),
            "open": ("WAITING", None, None),
        }[fate]
        rows.append(
            (ids.new_id(), ann.id, status, reason, service, country, int(first is not None), at,
             first, ended)
        )  # fmt: skip
    async with shop.services.database.transaction() as connection:
        await connection.executemany(INSERT, rows)


async def recounted(shop: Shop, at: datetime) -> Figures:
    async with shop.services.database.connection() as connection:
        return await recount(connection, at)


async def published(shop: Shop) -> Figures:
    async with shop.services.database.connection() as connection:
        return await read_figures(connection)


@pytest.fixture
async def past(shop: Shop, ann: Customer) -> AsyncIterator[datetime]:
    """Two thousand orders of forty days, and the moment they end at."""
    at, draw = now(), random.Random(1)
    await write_orders(
        shop, ann, (at - timedelta(minutes=draw.uniform(0, 40 * 24 * 60)) for _ in range(2_000)), 1
    )
    yield at
    await shop.execute("delete from orders")


async def test_figures_are_those_of_the_orders_at_every_moment(shop: Shop, past: datetime) -> None:
    figures = shop.services.route_figures
    for days_ago in (36, 35.99, 34.5, 9.3, 9.25, 0):
        at = past - timedelta(days=days_ago)
        await figures.run(at)
        assert await published(shop) == await recounted(shop, at)
    assert await figures.verify() == SURE
    later = past + timedelta(days=75)
    await figures.run(later)
    assert await published(shop) == await recounted(shop, later) == {}


async def test_what_is_seen_late_counts(shop: Shop, ann: Customer, past: datetime) -> None:
    """A transaction may last some seconds: its orders are judged before they are seen."""
    figures = shop.services.route_figures
    await figures.run(past)
    before = await published(shop)
    await write_orders(shop, ann, [past - timedelta(minutes=5)] * 30, seed=2)
    later = past + timedelta(minutes=20)
    await figures.run(later)
    assert await published(shop) == await recounted(shop, later) != before


async def test_whoever_is_killed_has_counted_nothing_or_all_of_it(
    shop: Shop, past: datetime
) -> None:
    figures = shop.services.route_figures
    for milliseconds in range(1, 60, 6):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(figures.run(past), milliseconds / 1000)
        assert await figures.verify() == SURE
    await asyncio.gather(figures.run(past), figures.run(past))
    assert await published(shop) == await recounted(shop, past)
    assert await figures.verify() == SURE


async def test_doubts_are_found(shop: Shop, past: datetime) -> None:
    figures = shop.services.route_figures
    await figures.run(past)
    await shop.execute("update route_counts set judged = judged + 1 where service_code = 'wa'")
    found = await figures.verify()
    assert (found.ok, found.days > 0, found.figures) == (False, True, 2)


async def test_an_order_is_judged_by_what_became_of_it(
    shop: Shop, ann: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bought, and received, expired, cancelled late, or given up at once."""
    monkeypatch.setattr("jiema_app.domain.catalog.service.SAMPLE_MIN", 1)
    buyer = await shop.customer()
    received, expired, late, given_up, waiting = [await shop.place(buyer) for _ in range(5)]
    await shop.deliver(received)
    await shop.age(late, 61)
    for order in (late, given_up):
        await shop.services.orders.cancel(buyer.id, order.id)
    await shop.age(expired, 3_600)
    await shop.beat()
    await shop.services.expiry.run()
    assert (await shop.read(buyer, waiting)).is_open
    await shop.services.route_figures.run()
    figures = (await shop.services.catalog.read()).figures
    known = figures.routes[ServiceCode("tg"), CountryId(7)]
    assert (known.sample, known.received) == (3, 1)
    assert known.median_s == known.p90_s
    assert figures.services == {"tg": known}
    assert figures.countries == {7: known}


async def test_of_few_orders_nothing_is_said(shop: Shop, ann: Customer) -> None:
    at = now()
    await write_orders(shop, ann, [at - timedelta(hours=2)] * 20, seed=3)
    await shop.services.route_figures.run(at)
    catalog = await shop.services.catalog.read()
    shown = await published(shop)
    assert shown[queries.OF_ALL_SERVICES, 6]["sample"] < SAMPLE_MIN
    assert catalog.figures == KnownFigures()
    await shop.execute("delete from orders")
