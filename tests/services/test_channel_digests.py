"""The channel is told what changed: once, together, and never too often."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from jiema_app.domain.announcements.looking import ChannelDigests
from jiema_app.domain.announcements.rules import DigestRules
from tests.support.moving_clock import MovingClock
from tests.support.shop import Shop

CHANNEL = "-1002000000002"
MINUTE, HOUR, DAY = 60, 3_600, 86_400


@dataclass
class Onlooker:
    """A shop whose prices move, and who tells the channel of it."""

    shop: Shop
    clock: MovingClock = field(default_factory=MovingClock)
    rules: DigestRules = field(default_factory=lambda: DigestRules(10, 3))

    def __post_init__(self) -> None:
        self.digests = self.another_worker()

    def another_worker(self) -> ChannelDigests:
        services = self.shop.services
        return ChannelDigests(
            services.database, self.clock, services.live_catalog, self.rules, CHANNEL
        )

    async def look(self, *, after: float = 0) -> None:
        self.clock.move(after)
        await self.digests.run()

    async def see(self) -> None:
        """Let a change be seen, and hold for as long as it takes to be told."""
        await self.look()
        await self.look(after=MINUTE + 1)

    async def multiply_cost(self, country: int, factor: float, service: str = "tg") -> None:
        await self.shop.execute(
            "update offers set cost_micro = cost_micro * $3::float where service_code = $1 "
            "and country_id = $2",
            service,
            country,
            factor,
        )
        await self.shop.services.live_catalog.reload()

    async def stock(self, country: int, count: int, service: str = "tg") -> None:
        await self.shop.execute(
            "update offers set count = $3 where service_code = $1 and country_id = $2",
            service,
            country,
            count,
        )
        await self.shop.services.live_catalog.reload()

    async def posts(self) -> list[list[tuple[str, int | None]]]:
        """What each post tells: kinds and countries, oldest post first."""
        async with self.shop.services.database.connection() as connection:
            rows = await connection.fetch("select items from channel_digests order by id")
        return [[(one["kind"], one["country"]) for one in row["items"]] for row in rows]

    async def deliveries(self) -> list[tuple[str, int, str]]:
        async with self.shop.services.database.connection() as connection:
            rows = await connection.fetch("select key, revision, state from deliveries order by id")
        return [(row["key"], row["revision"], row["state"]) for row in rows]

    async def settle(self, state: str = "SENT") -> None:
        """Have what is queued be sent, or end otherwise."""
        await self.shop.execute(
            "update deliveries set state = $1, settled_at = now(), claimed_at = $2, "
            "sent_revision = case when $1 = 'SENT' then revision else 0 end, "
            "message_id = case when $1 = 'SENT' then 9 end where state = 'QUEUED'",
            state,
            self.clock.now(),
        )

    async def countries(self) -> list[int]:
        """Where the service is in stock, as many as there are."""
        async with self.shop.services.database.connection() as connection:
            rows: list[Any] = await connection.fetch(
                "select country_id from offers where service_code = 'tg' and count > 0 "
                "order by country_id limit 8"
            )
        return [row["country_id"] for row in rows]


@pytest.fixture
async def onlooker(shop: Shop) -> AsyncIterator[Onlooker]:
    made = Onlooker(shop)
    await made.look()
    return_to = shop.services.live_catalog.current
    yield made
    shop.services.live_catalog.current = return_to


async def test_the_first_look_notes_everything_and_tells_nothing(onlooker: Onlooker) -> None:
    noted = await onlooker.shop.fetchval("select count(*) from channel_routes")
    assert noted > 100
    await onlooker.see()
    assert await onlooker.posts() == []


async def test_a_shop_whose_first_prices_come_after_its_services_tells_nothing(shop: Shop) -> None:
    catalog = shop.services.live_catalog
    before = catalog.current
    await shop.execute("create table kept_offers as table offers")
    await shop.execute("delete from offers")
    await catalog.reload()
    onlooker = Onlooker(shop)
    await onlooker.see()
    await shop.execute("insert into offers select * from kept_offers")
    await shop.execute("drop table kept_offers")
    await catalog.reload()
    await onlooker.see()
    await onlooker.see()
    assert await shop.fetchval("select count(*) from channel_routes") > 100
    assert await onlooker.posts() == []
    catalog.current = before


async def test_five_price_changes_make_one_post(onlooker: Onlooker) -> None:
    countries = (await onlooker.countries())[:5]
    for country in countries[:3]:
        await onlooker.multiply_cost(country, 0.5)
    await onlooker.look()
    for country in countries[3:]:
        await onlooker.multiply_cost(country, 2)
    await onlooker.see()
    (post,) = await onlooker.posts()
    assert sorted(country for _, country in post if country is not None) == sorted(countries)
    assert {kind for kind, _ in post} == {"FALL", "RISE"}
    assert await onlooker.deliveries() == [("digest:1", 1, "QUEUED")]


async def test_a_restart_tells_nothing_twice_and_loses_nothing(onlooker: Onlooker) -> None:
    first, second, *_ = await onlooker.countries()
    await onlooker.multiply_cost(first, 0.5)
    await onlooker.see()
    await onlooker.multiply_cost(second, 0.5)
    await onlooker.look()
    await onlooker.settle()
    onlooker.digests = onlooker.another_worker()
    await onlooker.look(after=2 * MINUTE)
    await onlooker.look(after=2 * MINUTE)
    (post,) = await onlooker.posts()
    assert sorted(country for _, country in post if country is not None) == [first, second]
    assert await onlooker.deliveries() == [("digest:1", 2, "QUEUED")]


async def test_a_young_post_is_edited_and_an_old_one_is_followed_by_another(
    onlooker: Onlooker,
) -> None:
    first, second, third, *_ = await onlooker.countries()
    await onlooker.multiply_cost(first, 0.5)
    await onlooker.see()
    await onlooker.settle()
    await onlooker.multiply_cost(second, 0.5)
    await onlooker.look(after=5 * MINUTE)
    await onlooker.see()
    assert len(await onlooker.posts()) == 1
    await onlooker.settle()
    await onlooker.multiply_cost(third, 0.5)
    await onlooker.look(after=5 * MINUTE)
    await onlooker.see()
    assert [len(post) for post in await onlooker.posts()] == [2, 1]


async def test_a_post_that_nobody_knows_of_is_not_edited_nor_made_again(
    onlooker: Onlooker,
) -> None:
    first, second, *_ = await onlooker.countries()
    await onlooker.multiply_cost(first, 0.5)
    await onlooker.see()
    await onlooker.settle("UNKNOWN")
    await onlooker.multiply_cost(second, 0.5)
    await onlooker.see()
    # Less than three minutes after the last one.
    assert len(await onlooker.posts()) == 1
    await onlooker.look(after=2 * MINUTE)
    assert await onlooker.posts() == [[("FALL", first)], [("FALL", second)]]
    assert await onlooker.deliveries() == [("digest:1", 1, "UNKNOWN"), ("digest:2", 1, "QUEUED")]


async def test_a_post_that_waits_for_telegram_grows_and_does_not_become_many(
    onlooker: Onlooker,
) -> None:
    for country in (await onlooker.countries())[:4]:
        await onlooker.multiply_cost(country, 0.5)
        await onlooker.see()
        await onlooker.look(after=20 * MINUTE)
    assert [len(post) for post in await onlooker.posts()] == [4]


async def test_an_old_post_whose_edit_waits_takes_up_nothing_more(onlooker: Onlooker) -> None:
    first, second, third, *_ = await onlooker.countries()
    await onlooker.multiply_cost(first, 0.5)
    await onlooker.see()
    await onlooker.settle()
    await onlooker.multiply_cost(second, 0.5)
    await onlooker.see()  # from here on Telegram is away
    await onlooker.look(after=HOUR)
    await onlooker.multiply_cost(third, 0.5)
    await onlooker.see()
    assert [len(post) for post in await onlooker.posts()] == [2, 1]


async def test_a_post_that_was_held_up_is_not_followed_by_another_at_once(
    onlooker: Onlooker,
) -> None:
    first, second, *_ = await onlooker.countries()
    await onlooker.multiply_cost(first, 0.5)
    await onlooker.see()
    await onlooker.look(after=2 * HOUR)
    await onlooker.settle()
    await onlooker.multiply_cost(second, 0.5)
    await onlooker.see()
    assert len(await onlooker.posts()) == 1
    await onlooker.look(after=2 * MINUTE)
    assert len(await onlooker.posts()) == 2


@pytest.mark.parametrize("state", ["FAILED", "GONE"])
async def test_a_post_that_was_refused_is_told_with_what_comes_next(
    onlooker: Onlooker, state: str
) -> None:
    first, second, *_ = await onlooker.countries()
    await onlooker.multiply_cost(first, 0.5)
    await onlooker.see()
    await onlooker.settle(state)
    await onlooker.multiply_cost(second, 0.5)
    await onlooker.look(after=HOUR)
    await onlooker.see()
    assert [len(post) for post in await onlooker.posts()] == [2]
    assert await onlooker.deliveries() == [("digest:1", 2, "QUEUED")]


async def test_a_day_has_so_many_posts_and_the_rest_is_told_on_the_next(
    onlooker: Onlooker,
) -> None:
    to_midnight = DAY - onlooker.clock.time() % DAY
    await onlooker.look(after=to_midnight + HOUR)  # early on a day
    for country in (await onlooker.countries())[:5]:
        await onlooker.multiply_cost(country, 0.5)
        await onlooker.see()
        await onlooker.settle()
        await onlooker.look(after=11 * MINUTE)
    assert [len(post) for post in await onlooker.posts()] == [1, 1, 1]
    await onlooker.look(after=23 * HOUR)
    assert [len(post) for post in await onlooker.posts()] == [1, 1, 1, 2]


async def test_a_route_that_comes_back_is_told_and_one_that_flaps_is_not(
    onlooker: Onlooker,
) -> None:
    first, second, *_ = await onlooker.countries()
    for country in (first, second):
        await onlooker.stock(country, 0)
    await onlooker.see()
    await onlooker.stock(second, 5)
    await onlooker.see()
    assert await onlooker.posts() == []
    await onlooker.look(after=HOUR)
    await onlooker.stock(first, 5)
    await onlooker.see()
    assert await onlooker.posts() == [[("BACK", first)]]
    await onlooker.settle()
    for _ in range(3):
        await onlooker.stock(first, 0)
        await onlooker.see()
        await onlooker.look(after=HOUR)
        await onlooker.stock(first, 5)
        await onlooker.see()
    assert await onlooker.posts() == [[("BACK", first)]]


async def test_a_service_that_was_not_sold_before_is_introduced_once(onlooker: Onlooker) -> None:
    await onlooker.shop.execute("delete from channel_routes where service_code = 'tg'")
    await onlooker.shop.execute("delete from channel_services where service_code = 'tg'")
    onlooker.digests = onlooker.another_worker()
    await onlooker.see()
    assert await onlooker.posts() == [[("NEW", None)]]
    await onlooker.settle()
    await onlooker.look(after=20 * MINUTE)
    await onlooker.look(after=20 * MINUTE)
    assert len(await onlooker.posts()) == 1


async def test_after_a_day_without_a_look_the_present_is_only_noted(onlooker: Onlooker) -> None:
    for country in await onlooker.countries():
        await onlooker.multiply_cost(country, 0.5)
    await onlooker.look(after=DAY + 1)
    await onlooker.see()
    assert await onlooker.posts() == []


async def test_of_two_workers_that_look_at_once_one_tells(onlooker: Onlooker) -> None:
    first, *_ = await onlooker.countries()
    await onlooker.multiply_cost(first, 0.5)
    await onlooker.look()
    onlooker.clock.move(MINUTE + 1)
    await asyncio.gather(*(onlooker.another_worker().run() for _ in range(2)))
    assert await onlooker.deliveries() == [("digest:1", 1, "QUEUED")]
