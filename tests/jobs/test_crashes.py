"""A process dies after each step in turn; the next run leaves what an undisturbed one would.

Every test goes through all the moments at which the work can be cut off, until it is so
late that the work gets done.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from itertools import count

import pytest

from backend_jobs.supplier_sync import sync_supplier
from jiema_app.bootstrap import Services
from jiema_app.domain.errors import UpstreamError
from jiema_app.domain.operations.outbox import Event
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.settings import OrderSettings, Settings, SupplierSettings
from tests.support.interrupted import Died, dying_process
from tests.support.shop import SUPPLIER, Customer, Shop

Work = Callable[[Services], Awaitable[object]]


@pytest.fixture
def settings() -> Settings:
    return Settings(
        supplier=SupplierSettings(breaker_failures=1_000, requests_per_second=0),
        orders=OrderSettings(late_sms_grace_s=600),
    )


async def each_death(
    shop: Shop, work: Work, prepare: Callable[[], Awaitable[object]]
) -> AsyncIterator[int]:
    """Prepare, and let the work die after 0, 1, 2 … blocks; ends when it lives to its end."""
    for blocks in count():
        await prepare()
        services, database = dying_process(shop, blocks)
        with suppress(Died):
            await work(services)
        yield blocks
        if not database.died:
            return


async def sync(services: Services) -> None:
    async with services.database.connection() as connection:
        started = await connection.fetchval("select now()")
    await sync_supplier(services, SUPPLIER, started)


async def check_nothing_is_loose(shop: Shop) -> None:
    """Rentals and open orders are the same numbers, nothing is half-bought, the books are right."""
    rented = {"+" + row["phone"].lstrip("+") for row in await shop.rentals()}
    waiting = await shop.fetchval(
        "select coalesce(array_agg(phone), '{}') from orders where status in ('WAITING','RECEIVED')"
    )
    assert rented == set(waiting)
    assert await shop.fetchval("select count(*) from orders where status = 'RESERVED'") == 0
    assert (await shop.verify()).ok


async def end_all(shop: Shop) -> None:
    """Leave nothing open for the next round."""
    await shop.pass_time(1_000)
    await shop.services.expiry.run()
    await shop.pass_time(130)
    await shop.services.tasks.run()
    await shop.services.tasks.run()


@pytest.mark.parametrize("key", [None, "again"])
async def test_a_process_may_die_anywhere_in_a_purchase(shop: Shop, key: str | None) -> None:
    ann = await shop.customer()

    async def place(services: Services) -> None:
        wish = OrderRequest(service="tg", country=7, idempotency_key=key)
        await services.orders.place(ann.buyer, wish)

    async for _ in each_death(shop, place, lambda: end_all(shop)):
        await shop.settle_all()
        await check_nothing_is_loose(shop)
        await shop.execute("update orders set idempotency_key = null")
    await end_all(shop)
    assert await shop.balance(ann) == 50_000_000


async def test_a_sync_may_die_anywhere_while_it_records_a_code(shop: Shop) -> None:
    ann = await shop.customer()
    orders = list[OrderView]()

    async def receive() -> None:
        await end_all(shop)
        order = await shop.place(ann)
        assert order.phone is not None
        await shop.supplier.sms(order.phone, "Code 12345")
        orders.append(order)

    async for _ in each_death(shop, sync, receive):
        await shop.beat()
        received = await shop.read(ann, orders[-1])
        assert received.status is OrderStatus.RECEIVED
        assert len(received.sms) == 1
        await check_nothing_is_loose(shop)


@pytest.mark.parametrize("key", [None, "again"])
async def test_a_sync_may_die_anywhere_while_it_settles_a_lost_purchase(
    shop: Shop, key: str | None
) -> None:
    ann = await shop.customer()

    async def lose() -> None:
        await end_all(shop)
        await shop.supplier.fault("getNumberV2", "timeout_after_commit", count=1)
        with pytest.raises(UpstreamError):
            await shop.place(ann, idempotency_key=key)
        await shop.pass_time(30)
        await shop.beat()
        await shop.pass_time(30)

    async for _ in each_death(shop, sync, lose):
        await shop.settle_all()
        await check_nothing_is_loose(shop)
        await shop.execute("update orders set idempotency_key = null")
    await end_all(shop)
    assert await shop.balance(ann) == 50_000_000


async def test_a_sync_may_die_anywhere_while_it_notes_a_lost_number(shop: Shop) -> None:
    ann = await shop.customer()

    async def lose_number() -> None:
        order = await shop.place(ann)
        assert order.phone is not None
        await shop.supplier.take_back(order.phone)

    async def sync_twice(services: Services) -> None:
        await sync(services)
        await sync(services)

    async for _ in each_death(shop, sync_twice, lose_number):
        for _ in range(2):
            await shop.beat()
        assert {status for status, _ in await shop.statuses()} == {"FAILED"}
        assert await shop.balance(ann) == 50_000_000


async def test_expiry_may_die_anywhere(shop: Shop) -> None:
    ann = await shop.customer()

    async def expire() -> None:
        with_code = await shop.place(ann)
        await shop.place(ann)
        await shop.deliver(with_code)
        await shop.pass_time(1_000)

    async def run(services: Services) -> None:
        await services.expiry.run()

    async for _ in each_death(shop, run, expire):
        await shop.services.expiry.run()
        assert (await shop.statuses())[-2:] == [("COMPLETED", "EXPIRED"), ("CANCELLED", "EXPIRED")]
        await shop.pass_time(130)
        await shop.services.tasks.run()
        await check_nothing_is_loose(shop)


@pytest.mark.parametrize("with_code", [False, True])
async def test_ending_a_rental_may_die_anywhere(shop: Shop, with_code: bool) -> None:  # noqa: FBT001
    ann = await shop.customer()

    async def cancel() -> None:
        order = await shop.place(ann)
        await shop.services.orders.cancel(ann.id, order.id)
        if with_code:
            assert order.phone is not None
            await shop.supplier.sms(order.phone, "Code 12345")
        await shop.pass_time(130)

    async def run(services: Services) -> None:
        await services.tasks.run()

    async for _ in each_death(shop, run, cancel):
        for _ in range(2):
            await shop.pass_time(61)
            await shop.services.tasks.run()
        assert await shop.rentals() == []
        assert await shop.fetchval("select count(*) from supplier_tasks where done_at is null") == 0
        assert await shop.balance(ann) == 50_000_000


async def test_confirming_a_notice_may_die_anywhere(shop: Shop) -> None:
    ann = await shop.customer()
    orders = list[OrderView]()

    async def notify() -> None:
        order = await shop.place(ann)
        assert order.phone is not None
        await shop.supplier.sms(order.phone, "Code 12345")
        await shop.services.webhook_inbox.note(SUPPLIER, order.activation_id or "")
        orders.append(order)

    async def run(services: Services) -> None:
        await services.webhook_inbox.confirm()

    async for _ in each_death(shop, run, notify):
        await shop.pass_time(31)
        await shop.services.webhook_inbox.confirm()
        received = await shop.read(ann, orders[-1])
        assert [sms.code for sms in received.sms] == ["12345"]
        assert (await shop.verify()).ok


async def test_handing_on_facts_may_die_anywhere(shop: Shop) -> None:
    ann = await shop.customer()
    heard: set[str] = set()

    def hear(event: Event) -> None:
        heard.add(event.subject_id)

    async def end() -> None:
        await cancel_one(shop, ann)

    async def run(services: Services) -> None:
        await services.outbox.publish((hear,))

    async for _ in each_death(shop, run, end):
        await shop.services.outbox.publish((hear,))
    ended = await shop.fetchval("select array_agg(id) from orders")
    assert heard == set(ended)


async def test_a_refresh_of_offers_may_die_anywhere(shop: Shop) -> None:
    supplier = shop.services.suppliers[SUPPLIER]
    prices = iter(range(21, 60))
    offered: list[int] = []

    async def move() -> None:
        offered.append(next(prices))
        await shop.supplier.offer("tg", 7, offered[-1] / 100, 5)

    async def run(services: Services) -> None:
        await services.catalog.refresh_offers(supplier)

    async for _ in each_death(shop, run, move):
        await shop.services.catalog.refresh_offers(supplier)
        cost = await shop.fetchval(
            "select cost_micro from offers where service_code = 'tg' and country_id = 7"
        )
        assert cost == offered[-1] * 10_000


async def cancel_one(shop: Shop, customer: Customer) -> None:
    order = await shop.place(customer)
    await shop.services.orders.cancel(customer.id, order.id)
