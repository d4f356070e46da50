"""Webhook calls of the supplier: where to look, never what to believe."""

import asyncio

import pytest
from structlog.testing import capture_logs

from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.supplier import IncomingSms
from jiema_app.domain.orders.views import OrderView
from jiema_app.settings import Settings, SupplierSettings
from tests.support.polling import PATIENCE_S
from tests.support.shop import SUPPLIER, Shop


@pytest.fixture
def settings() -> Settings:
    return Settings(supplier=SupplierSettings(breaker_failures=1_000, requests_per_second=0))


async def note(shop: Shop, activation: str | None) -> None:
    assert activation is not None
    await shop.services.webhook_inbox.note(SUPPLIER, activation)


async def with_sms_upstream(shop: Shop, order: OrderView, text: str = "Code 12345") -> None:
    assert order.phone is not None
    await shop.supplier.sms(order.phone, text)


async def count(shop: Shop) -> int:
    return int(await shop.fetchval("select count(*) from supplier_notices where done_at is null"))


async def test_a_notice_brings_the_code_without_a_beat(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await with_sms_upstream(shop, order)
    await note(shop, order.activation_id)
    assert await shop.services.webhook_inbox.confirm() == 1
    received = await shop.read(ann, order)
    assert received.status is OrderStatus.RECEIVED
    assert received.sms[0].body == "Code 12345"
    assert await count(shop) == 0


async def test_a_notice_of_what_did_not_happen_changes_nothing(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await note(shop, order.activation_id)
    await shop.services.webhook_inbox.confirm()
    assert (await shop.read(ann, order)).status is OrderStatus.WAITING


async def test_repeated_notices_are_one(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await asyncio.gather(*(note(shop, order.activation_id) for _ in range(10)))
    assert await count(shop) == 1


async def test_a_code_noticed_many_times_is_recorded_once(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await with_sms_upstream(shop, order)
    for _ in range(3):
        await note(shop, order.activation_id)
        await shop.services.webhook_inbox.confirm()
        await shop.beat()
    assert len((await shop.read(ann, order)).sms) == 1


async def test_a_further_notice_after_the_first_was_dealt_with_is_new(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await with_sms_upstream(shop, order)
    await note(shop, order.activation_id)
    await shop.services.webhook_inbox.confirm()
    await with_sms_upstream(shop, order, "Another text 67890")
    await note(shop, order.activation_id)
    await shop.services.webhook_inbox.confirm()
    bodies = [sms.body for sms in (await shop.read(ann, order)).sms]
    assert bodies == ["Code 12345", "Another text 67890"]


@pytest.mark.parametrize("activation", ["1", "", "635000001", "'; drop table orders --"])
async def test_a_notice_of_an_unknown_rental_is_ignored(shop: Shop, activation: str) -> None:
    await note(shop, activation)
    assert await shop.fetchval("select count(*) from supplier_notices") == 0


async def test_a_notice_of_another_supplier_s_rental_is_ignored(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.activation_id is not None
    await shop.services.webhook_inbox.note("another", order.activation_id)
    assert await count(shop) == 0


async def test_a_notice_stores_nothing_but_the_name_of_the_rental(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await with_sms_upstream(shop, order, "Canary 424242")
    await note(shop, order.activation_id)
    stored = await shop.fetchval("select row_to_json(n)::text from supplier_notices n")
    assert "424242" not in stored
    assert order.phone not in stored


async def test_a_supplier_in_trouble_is_asked_again_later(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await with_sms_upstream(shop, order)
    await note(shop, order.activation_id)
    await shop.supplier.fault("*", "http500", rate=1)
    await shop.services.webhook_inbox.confirm()
    assert await count(shop) == 1
    assert await shop.services.webhook_inbox.confirm() == 0
    await shop.supplier.fault("*", "http500", rate=0)
    await shop.pass_time(31)
    await shop.services.webhook_inbox.confirm()
    assert (await shop.read(ann, order)).status is OrderStatus.RECEIVED
    assert await count(shop) == 0


async def test_a_notice_that_never_can_be_confirmed_is_given_up(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await note(shop, order.activation_id)
    await shop.execute("update supplier_notices set attempts = 7")
    await shop.supplier.fault("*", "http500", rate=1)
    await shop.services.webhook_inbox.confirm()
    assert await count(shop) == 0
    assert (await shop.read(ann, order)).status is OrderStatus.WAITING


async def test_a_notice_whose_worker_died_is_taken_by_another(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await with_sms_upstream(shop, order)
    await note(shop, order.activation_id)
    await shop.execute("update supplier_notices set due_at = now() + interval '15 s'")
    assert await shop.services.webhook_inbox.confirm() == 0
    await shop.pass_time(16)
    assert await shop.another_process().webhook_inbox.confirm() == 1
    assert (await shop.read(ann, order)).status is OrderStatus.RECEIVED


async def test_noting_wakes_the_workers(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    heard = asyncio.Event()
    async with shop.services.database.connection() as connection:

        def hear(*_: object) -> None:
            heard.set()

        await connection.add_listener("supplier_notice", hear)
        await note(shop, order.activation_id)
        async with asyncio.timeout(PATIENCE_S):
            await heard.wait()
        await connection.remove_listener("supplier_notice", hear)


async def test_a_call_during_a_confirmation_is_confirmed_by_itself(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.activation_id is not None
    inbox = shop.services.webhook_inbox
    await inbox.note(order.supplier, order.activation_id)
    # Claimed, and the supplier already asked: what comes now was not in its answer.
    await shop.execute("update supplier_notices set due_at = now() + interval '15 s', attempts = 1")
    first = await shop.fetchval("select received_at from supplier_notices")
    await inbox.note(order.supplier, order.activation_id)
    await shop.execute("update supplier_notices set done_at = now() where received_at = $1", first)
    assert await inbox.confirm() == 1
    assert await shop.fetchval("select count(*) from supplier_notices where done_at is null") == 0


async def test_however_often_an_ended_order_is_announced_it_is_told_once_a_minute(
    shop: Shop,
) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    with capture_logs() as said:
        for _ in range(20):
            await shop.services.webhook_inbox.settlement.record_sms(
                order.id, [IncomingSms("Code 12345", None, None)]
            )
    told = [line for line in said if line["event"] == "sms for an order that takes none"]
    assert [line["unsaid"] for line in told] == [0]
