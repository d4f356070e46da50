"""Changing prices: the rule is kept, every process reprices, the next order pays it."""

from datetime import timedelta
from typing import Any

import pytest

from jiema_app.domain.errors import BadRequest
from jiema_app.domain.pricing.rules import PriceRule
from jiema_app.domain.units import CountryId, ServiceCode
from tests.services.test_offers import following, price_and_count, refresh
from tests.support.polling import until
from tests.support.shop import Shop, now

TELEGRAM = ServiceCode("tg")


def rule(
    percent_bp: int = 20_000,
    *,
    service: ServiceCode | None = TELEGRAM,
    country: CountryId | None = None,
    after: timedelta = timedelta(),
    fixed_micro: int = 0,
    is_withdrawn: bool = False,
) -> PriceRule:
    return PriceRule(
        service, country, percent_bp, fixed_micro, 0, now() + after, is_withdrawn=is_withdrawn
    )


async def add(shop: Shop, added: PriceRule) -> None:
    await shop.services.pricing.add_rule(added, actor="test", note="because")


async def at_one_dollar(shop: Shop) -> None:
    await shop.supplier.offer("tg", 7, 1.0, 50)
    await refresh(shop)


async def test_the_house_rule_is_cost_plus_35_percent(shop: Shop) -> None:
    await at_one_dollar(shop)
    assert price_and_count(shop.services)[0] == 135


async def test_a_new_rule_reprices_every_process(shop: Shop, database_address: str) -> None:
    await at_one_dollar(shop)
    other = shop.another_process()
    async with following(other, database_address):
        await add(shop, rule(20_000))
        await until(lambda: price_and_count(other)[0] == 200)


async def test_an_order_is_charged_at_the_new_price(shop: Shop) -> None:
    await at_one_dollar(shop)
    await add(shop, rule(15_000, fixed_micro=5_000))
    await shop.services.live_catalog.reload()
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.price_cents == 151
    assert await shop.balance(ann) == 50_000_000 - 1_510_000


async def test_a_planned_rule_comes_into_force_by_itself(shop: Shop, database_address: str) -> None:
    await at_one_dollar(shop)
    async with following(shop.services, database_address):
        await add(shop, rule(30_000, after=timedelta(seconds=1)))
        await until(lambda: price_and_count(shop.services)[0] == 300)


async def test_a_planned_rule_changes_nothing_before_its_time(shop: Shop) -> None:
    await at_one_dollar(shop)
    await add(shop, rule(30_000, after=timedelta(hours=1)))
    await shop.services.live_catalog.reload()
    assert price_and_count(shop.services)[0] == 135
    assert shop.services.live_catalog.current.next_change_at is not None


async def test_a_withdrawn_rule_gives_way_to_the_wider_one(shop: Shop) -> None:
    await at_one_dollar(shop)
    await add(shop, rule(30_000))
    await add(shop, rule(0, is_withdrawn=True))
    await shop.services.live_catalog.reload()
    assert price_and_count(shop.services)[0] == 135


async def test_a_rule_cannot_start_in_the_past(shop: Shop) -> None:
    with pytest.raises(BadRequest):
        await add(shop, rule(after=timedelta(minutes=-1)))


async def test_a_rule_of_this_moment_holds_from_when_it_is_heard(shop: Shop) -> None:
    before = now()
    await add(shop, rule(after=timedelta(seconds=-1)))
    assert await shop.fetchval("select max(effective_from) from pricing_rules") >= before


async def test_a_rule_that_sells_below_cost_is_refused(shop: Shop) -> None:
    with pytest.raises(BadRequest):
        await add(shop, rule(9_999))


async def test_rules_are_kept_and_audited(shop: Shop) -> None:
    before = await shop.fetchval("select count(*) from pricing_rules")
    await add(shop, rule())
    await add(shop, rule(25_000))
    assert await shop.fetchval("select count(*) from pricing_rules") == before + 2
    audited = "select count(*) from audit_records where action = 'pricing.add' and actor = 'test'"
    assert await shop.fetchval(audited) == 2


async def test_the_cheapest_number_anywhere_costs_four_cents(shop: Shop) -> None:
    catalog = shop.services.live_catalog.current
    cheapest = min(
        quote.price_cents
        for countries in catalog.quotes.values()
        for quotes in countries.values()
        for quote in quotes
    )
    assert cheapest == 4


async def test_no_number_is_sold_below_its_cost(shop: Shop) -> None:
    catalog = shop.services.live_catalog.current
    assert all(
        quote.price_cents * 10_000 >= quote.cost_micro
        for countries in catalog.quotes.values()
        for quotes in countries.values()
        for quote in quotes
    )


@pytest.mark.parametrize(
    "unknown", [{"service": ServiceCode("nope")}, {"service": None, "country": CountryId(99_999)}]
)
async def test_a_rule_for_something_unknown_is_refused(shop: Shop, unknown: Any) -> None:
    with pytest.raises(BadRequest, match="unknown service or country"):
        await add(shop, rule(**unknown))
