"""What is on sale: offers refreshed, prices put on, switches obeyed, every process told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from jiema_app.bootstrap import Services
from jiema_app.domain.catalog import live
from jiema_app.domain.catalog.queries import SOLD_OUT
from jiema_app.domain.catalog.service import OffersLookBroken
from jiema_app.domain.errors import BadCountry, BadService, NoNumbers
from jiema_app.domain.orders.supplier import SupplierError
from jiema_app.integrations.postgres.notifications import Notifications
from tests.support.polling import until
from tests.support.shop import SUPPLIER, Shop


async def refresh(shop: Shop) -> int:
    stocked = await shop.services.catalog.refresh_offers(shop.services.suppliers[SUPPLIER])
    await shop.services.live_catalog.reload()
    return stocked


def price_and_count(services: Services, service: str = "tg", country: int = 7) -> tuple[int, int]:
    catalog = services.live_catalog.current
    one = catalog.get_service(service), catalog.get_country(country)
    quote = catalog.list_quotes(one[0].code, one[1].id)[0]
    return quote.price_cents, quote.stock


@asynccontextmanager
async def following(services: Services, address: str) -> AsyncIterator[None]:
    """Keep the catalogue of a process fresh, as its start-up does."""
    heard = Notifications(
        address,
        {"catalog_changed": services.live_catalog.hear},
        lambda: None,
    )
    tasks = [
        asyncio.create_task(heard.follow()),
        asyncio.create_task(services.live_catalog.follow()),
    ]
    await until(lambda: heard.is_connected)
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_refresh_takes_over_cost_and_stock(shop: Shop) -> None:
    await shop.supplier.offer("tg", 7, 1.0, 3)
    await refresh(shop)
    assert price_and_count(shop.services) == (135, 3)


async def test_a_refresh_without_news_writes_nothing(shop: Shop) -> None:
    await refresh(shop)
    before = await shop.fetchval("select max(updated_at) from offers")
    assert await refresh(shop) > 10_000
    assert await shop.fetchval("select max(updated_at) from offers") == before


async def test_a_pair_no_longer_offered_keeps_its_price_on_show_without_stock(shop: Shop) -> None:
    service, country = await shop.fetchval(
        "select (s.code, c.id) from services s, countries c "
        "where s.is_enabled and s.compliance = 'allowed' and c.compliance = 'allowed' "
        "and not exists (select from offers o "
        "where o.service_code = s.code and o.country_id = c.id) limit 1"
    )
    await shop.execute(
        "insert into offers (supplier, service_code, country_id, cost_micro, count) "
        "values ('primary', $1, $2, 1000000, 9)",
        service,
        country,
    )
    await refresh(shop)
    assert price_and_count(shop.services, service, country) == (135, 0)


async def test_offers_of_another_supplier_are_left_alone(shop: Shop) -> None:
    await shop.execute(
        "insert into offers (supplier, service_code, country_id, cost_micro, count) "
        "values ('second', 'tg', 7, 10000, 5)"
    )
    await refresh(shop)
    count = "select count from offers where supplier = 'second'"
    assert await shop.fetchval(count) == 5


async def test_an_answer_that_lost_most_of_the_stock_is_not_believed(shop: Shop) -> None:
    before = await shop.fetchval("select count(*) from offers where count > 0")
    await shop.execute(
        "insert into offers (supplier, service_code, country_id, cost_micro, count) "
        "select 'primary', s.code, c.id, 1000000, 9 from services s, countries c "
        "on conflict do nothing"
    )
    with pytest.raises(OffersLookBroken):
        await refresh(shop)
    assert await shop.fetchval("select count(*) from offers where count > 0") > 2 * before


async def test_stock_that_is_really_gone_can_be_believed(shop: Shop) -> None:
    before = await shop.fetchval("select count(*) from offers where count > 0")
    await shop.execute(
        "insert into offers (supplier, service_code, country_id, cost_micro, count) "
        "select 'primary', s.code, c.id, 1000000, 9 from services s, countries c "
        "on conflict do nothing"
    )
    supplier = shop.services.suppliers["primary"]
    await shop.services.catalog.refresh_offers(supplier, even_if_fewer=True)
    assert await shop.fetchval("select count(*) from offers where count > 0") <= before


async def test_stock_we_stopped_selling_does_not_make_an_answer_look_broken(shop: Shop) -> None:
    await shop.execute(
        "update services set is_enabled = false where code not in ('tg', 'wa', 'go')"
    )
    await shop.supplier.offer("tg", 7, 1.0, 3)
    await refresh(shop)
    assert price_and_count(shop.services) == (135, 3)


@pytest.mark.parametrize("kind", ["http500", "truncated", "garbage", "drop_before"])
async def test_a_refresh_that_fails_keeps_the_last_offers(shop: Shop, kind: str) -> None:
    before = await shop.fetchval("select count(*) from offers where count > 0")
    await shop.supplier.fault("*", kind, rate=1)
    with pytest.raises(SupplierError):
        await refresh(shop)
    assert await shop.fetchval("select count(*) from offers where count > 0") == before


async def test_denied_services_and_countries_are_never_offered(shop: Shop) -> None:
    await refresh(shop)
    denied = (
        "select count(*) from offers o left join services s on s.code = o.service_code "
        "left join countries c on c.id = o.country_id where s.code is null or c.id is null "
        "or s.compliance = 'denied' or c.compliance = 'denied'"
    )
    assert await shop.fetchval(denied) == 0


async def test_a_denied_service_cannot_be_ordered(shop: Shop) -> None:
    code = await shop.fetchval("select code from services where compliance = 'denied' limit 1")
    ann = await shop.customer()
    with pytest.raises(BadService):
        await shop.place(ann, code)


async def test_an_administrator_can_take_a_service_off_sale(shop: Shop) -> None:
    await shop.execute("update services set is_enabled = false where code = 'tg'")
    await shop.services.live_catalog.reload()
    ann = await shop.customer()
    with pytest.raises(BadService):
        await shop.place(ann)


async def test_an_administrator_can_take_a_country_off_sale(shop: Shop) -> None:
    await shop.execute("update countries set is_enabled = false where id = 0")
    await shop.services.live_catalog.reload()
    ann = await shop.customer()
    with pytest.raises(BadCountry):
        await shop.place(ann, "tg", 0)


async def test_an_administrator_can_deny_and_allow_against_the_list(shop: Shop) -> None:
    was_denied = await shop.fetchval(
        "select code from services where compliance = 'denied' order by popularity limit 1"
    )
    await shop.execute("update services set compliance_override = 'denied' where code = 'tg'")
    await shop.execute(
        "update services set compliance_override = 'warn' where code = $1", was_denied
    )
    await shop.services.live_catalog.reload()
    codes = {service.code: service for service in shop.services.live_catalog.current.services}
    assert "tg" not in codes
    assert codes[was_denied].compliance == "warn"


async def test_a_reload_of_the_curated_lists_keeps_the_administrator_s_switches(
    shop: Shop,
) -> None:
    await shop.execute(
        "update services set is_enabled = false, name = 'Old name' where code = 'tg'"
    )
    await shop.execute("update services set compliance_override = 'denied' where code = 'wa'")
    await shop.services.catalog.load_seed()
    row = "select (is_enabled, name) from services where code = 'tg'"
    assert await shop.fetchval(row) == (False, "Telegram")
    override = "select compliance_override from services where code = 'wa'"
    assert await shop.fetchval(override) == "denied"


async def test_loading_the_lists_twice_is_loading_them_once(shop: Shop) -> None:
    digest = "select md5(string_agg(s::text, chr(10) order by code)) from services s"
    before = await shop.fetchval(digest)
    await shop.services.catalog.load_seed()
    assert await shop.fetchval(digest) == before


async def test_a_service_that_left_the_list_is_no_longer_sold(shop: Shop) -> None:
    await shop.execute(
        "insert into services (code, slug, name, category, popularity, aliases, compliance) "
        "values ('zzz', 'former', 'Former', 'other', 9999, '{}', 'allowed')"
    )
    await shop.services.catalog.load_seed()
    await shop.services.live_catalog.reload()
    with pytest.raises(BadService):
        shop.services.live_catalog.current.get_service("former")


async def test_the_cheapest_supplier_with_stock_sets_the_price(shop: Shop) -> None:
    await shop.supplier.offer("tg", 7, 1.0, 3)
    await refresh(shop)
    await shop.execute(
        "insert into offers (supplier, service_code, country_id, cost_micro, count) "
        "values ('second', 'tg', 7, 500000, 2), ('third', 'tg', 7, 100000, 0)"
    )
    everybody = replace(shop.services.catalog, suppliers=("primary", "second", "third"))
    catalog = await everybody.read()
    quotes = catalog.list_quotes(catalog.get_service("tg").code, catalog.get_country(7).id)
    assert [quote.supplier for quote in quotes] == ["second", "primary", "third"]
    summary = catalog.summarise(catalog.get_service("tg"))
    assert summary.country_count > 50
    assert summary.total_count > 5


async def test_every_process_hears_of_new_offers(shop: Shop, database_address: str) -> None:
    other = shop.another_process()
    async with following(other, database_address):
        await shop.supplier.offer("tg", 7, 2.0, 1)
        await shop.services.catalog.refresh_offers(shop.services.suppliers[SUPPLIER])
        await until(lambda: price_and_count(other) == (270, 1))


async def test_nothing_is_sold_before_the_first_load(shop: Shop) -> None:
    await shop.execute("delete from offers")
    await shop.services.live_catalog.reload()
    ann = await shop.customer()
    with pytest.raises(NoNumbers):
        await shop.place(ann)


async def fail_to_buy(shop: Shop) -> None:
    await shop.supplier.fault("getNumberV2", "no_numbers", count=50)
    await shop.supplier.fault("getNumber", "no_numbers", count=50)
    with pytest.raises(NoNumbers):
        await shop.place(await shop.customer())


async def test_what_a_buyer_found_sold_out_is_so_for_everybody_until_it_is_offered_again(
    shop: Shop, database_address: str
) -> None:
    await shop.supplier.offer("tg", 7, 1.0, 3)
    await refresh(shop)
    stocked = shop.services.live_catalog.current
    async with following(shop.services, database_address):
        await fail_to_buy(shop)
        await until(lambda: price_and_count(shop.services) == (135, 0))
    marked = "select updated_at from offers where service_code = 'tg' and country_id = 7"
    before = await shop.fetchval(marked)
    # Another process that has not heard of it yet: it changes nothing, so nobody reads anew.
    shop.services.live_catalog.current = stocked
    await fail_to_buy(shop)
    assert await shop.fetchval(marked) == before
    await refresh(shop)
    assert price_and_count(shop.services) == (135, 3)


async def test_a_price_that_has_risen_since_is_not_sold_out(shop: Shop) -> None:
    await shop.supplier.offer("tg", 7, 1.0, 3)
    await refresh(shop)
    await shop.execute(
        "update offers set cost_micro = 2000000 where service_code = 'tg' and country_id = 7"
    )
    await fail_to_buy(shop)
    count = "select count from offers where service_code = 'tg' and country_id = 7"
    assert await shop.fetchval(count) == 3


async def test_sold_out_pairs_wait_after_a_reading_and_prices_do_not(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SETTLE_S", 0.001)
    monkeypatch.setattr(live, "REST_TIMES", 1_000_000)
    monkeypatch.setattr(live, "REST_MAX_S", 3_600.0)
    catalog = shop.services.live_catalog
    first = catalog.current
    task = asyncio.create_task(catalog.follow())
    catalog.hear(SOLD_OUT)
    await until(lambda: catalog.current is not first)
    second = catalog.current
    for _ in range(20):
        catalog.hear(SOLD_OUT)
        await asyncio.sleep(0.002)
    assert catalog.current is second
    catalog.hear("")
    await until(lambda: catalog.current is not second)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
