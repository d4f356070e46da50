"""Queued calls that end rentals: said until heard, at the right time, as often as needed."""

import pytest

from jiema_app.domain.orders import tasks
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.settings import Settings, SupplierSettings
from tests.support.shop import SUPPLIER, Customer, Shop


@pytest.fixture
def settings() -> Settings:
    return Settings(supplier=SupplierSettings(breaker_failures=1_000, requests_per_second=0))


async def cancelled(shop: Shop, customer: Customer, *, age_s: float = 121) -> OrderView:
    order = await shop.place(customer)
    await shop.services.orders.cancel(customer.id, order.id)
    await shop.pass_time(age_s)
    return order


async def outcomes(shop: Shop) -> list[tuple[str, str | None, bool]]:
    """Kind, outcome and whether it is done, of every queued call."""
    async with shop.services.database.connection() as connection:
        rows = await connection.fetch(
            "select kind, outcome, done_at is not null as is_done from supplier_tasks order by id"
        )
    return [tuple(row) for row in rows]


async def test_a_call_that_is_heard_is_done(shop: Shop) -> None:
    await cancelled(shop, await shop.customer())
    assert await shop.services.tasks.run() == 1
    assert await outcomes(shop) == [("cancel", "ok", True)]
    assert await shop.services.tasks.run() == 0


async def test_a_call_that_is_not_due_is_not_made(shop: Shop) -> None:
    await cancelled(shop, await shop.customer(), age_s=100)
    assert await shop.services.tasks.run() == 0


async def test_a_supplier_that_says_too_early_is_asked_again(shop: Shop) -> None:
    await shop.supplier.behave(minCancelSeconds=180)
    await cancelled(shop, await shop.customer())
    await shop.services.tasks.run()
    assert await outcomes(shop) == [("cancel", "too early", False)]
    assert await shop.services.tasks.run() == 0
    await shop.supplier.advance(200)
    await shop.pass_time(60)
    await shop.services.tasks.run()
    assert await outcomes(shop) == [("cancel", "ok", True)]
    assert await shop.rentals() == []


async def test_a_rental_that_received_a_code_is_finished_instead(shop: Shop) -> None:
    ann = await shop.customer()
    order = await cancelled(shop, ann)
    assert order.phone is not None
    await shop.supplier.sms(order.phone, "Code 12345")
    await shop.services.tasks.run()
    await shop.services.tasks.run()
    assert await outcomes(shop) == [("cancel", "code arrived", True), ("finish", "ok", True)]
    assert (await shop.read(ann, order)).status is OrderStatus.CANCELLED
    assert await shop.balance(ann) == 50_000_000


async def test_a_rental_that_is_gone_is_done_with(shop: Shop) -> None:
    order = await cancelled(shop, await shop.customer())
    assert order.phone is not None
    await shop.supplier.take_back(order.phone)
    await shop.services.tasks.run()
    assert await outcomes(shop) == [("cancel", "gone", True)]


async def test_a_finish_of_a_rental_that_is_gone_is_done_with(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    assert order.phone is not None
    await shop.supplier.take_back(order.phone)
    await shop.services.settlement.complete(order.id, EndReason.USER)
    await shop.services.tasks.run()
    assert await outcomes(shop) == [("finish", "gone", True)]


@pytest.mark.parametrize(
    "kind", ["http500", "http429", "garbage", "truncated", "drop_before", "timeout_after_commit"]
)
async def test_a_supplier_in_trouble_is_called_again_until_the_rental_is_over(
    shop: Shop, kind: str
) -> None:
    await cancelled(shop, await shop.customer())
    await shop.supplier.fault("setStatus", kind, count=1, seconds=0)
    await shop.services.tasks.run()
    [(_, _, is_done)] = await outcomes(shop)
    assert not is_done
    assert await shop.services.tasks.run() == 0
    await shop.pass_time(60)
    await shop.services.tasks.run()
    [(_, _, is_done)] = await outcomes(shop)
    assert is_done
    assert await shop.rentals() == []


async def test_pauses_grow_while_the_supplier_is_down(shop: Shop) -> None:
    await cancelled(shop, await shop.customer())
    await shop.supplier.fault("setStatus", "http500", rate=1)
    pauses = []
    for _ in range(7):
        await shop.services.tasks.run()
        pauses.append(
            await shop.fetchval(
                "select round(extract(epoch from due_at - now()))::int from supplier_tasks"
            )
        )
        await shop.pass_time(61)
    assert pauses == sorted(pauses)
    assert pauses[0] <= 2
    assert pauses[-1] == tasks.BACKOFF_MAX_S


async def test_a_call_whose_maker_died_is_made_by_another(shop: Shop) -> None:
    await cancelled(shop, await shop.customer())
    async with shop.services.database.connection() as connection:
        assert len(await connection.fetch(tasks.CLAIM, tasks.BATCH)) == 1
    assert await shop.services.tasks.run() == 0
    await shop.pass_time(61)
    assert await shop.services.tasks.run() == 1
    assert await shop.rentals() == []


async def test_queueing_twice_is_queueing_once(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.activation_id is not None
    async with shop.services.database.connection() as connection:
        for _ in range(2):
            await tasks.queue_cancel(
                connection, SUPPLIER, order.activation_id, order.id, after_s=120
            )
    assert len(await outcomes(shop)) == 1


async def test_two_workers_share_the_calls(shop: Shop) -> None:
    ann = await shop.customer()
    for _ in range(6):
        await cancelled(shop, ann, age_s=0)
    await shop.pass_time(130)
    first, second = shop.services.tasks, shop.another_process().tasks
    made = await first.run() + await second.run()
    assert made == 6
    assert await shop.rentals() == []


async def test_a_call_to_a_supplier_that_is_no_longer_configured_waits(shop: Shop) -> None:
    await cancelled(shop, await shop.customer())
    await shop.execute("update supplier_tasks set supplier = 'former'")
    await shop.services.tasks.run()
    assert await outcomes(shop) == [("cancel", "no such supplier configured", False)]
