"""Forgetting: a day after its end an order holds no text, no code and no full number."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from jiema_app.domain.orders import (
    purchase,
    queries,
    reconciliation,
    retention,
    tasks,
    webhook_inbox,
)
from jiema_app.domain.orders.phones import mask_phone
from jiema_app.domain.orders.settlement import SMS_MAX
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.supplier import ActivationState, ActivationStatus, IncomingSms
from jiema_app.domain.orders.sync import apply_state
from jiema_app.domain.orders.views import OrderView
from tests.support.shop import Customer, Shop

DAY_S = 24 * 3600
CANARY_TEXT = "Canary bird sings 918273 at dawn"
CANARY_CODE = "918273"
CANARY_KEY = "canary-idempotency-key"


async def dump(shop: Shop) -> str:
    """Every row of every table, as text."""
    async with shop.services.database.connection() as connection:
        tables = await connection.fetch(
            "select table_name from information_schema.tables "
            "where table_schema = 'public' and table_type = 'BASE TABLE' "
            "and table_name not in ('services', 'countries', 'offers')"
        )
        rows = [
            await connection.fetchval(f"select string_agg(t::text, chr(10)) from {name} t")
            for (name,) in tables
        ]
    return "\n".join(row for row in rows if row)


async def completed(shop: Shop, customer: Customer) -> OrderView:
    order = await shop.place(customer, idempotency_key=CANARY_KEY)
    await shop.deliver(order, CANARY_TEXT)
    await shop.services.webhook_inbox.note("primary", order.activation_id or "")
    await shop.services.webhook_inbox.confirm()
    await shop.services.outbox.publish(())
    await shop.services.settlement.complete(order.id, EndReason.USER)
    await shop.services.tasks.run()
    return order


async def test_nothing_of_the_text_is_anywhere_in_the_database_a_day_later(shop: Shop) -> None:
    ann = await shop.customer()
    order = await completed(shop, ann)
    assert order.phone is not None
    before = await dump(shop)
    assert CANARY_CODE in before
    assert order.phone[1:] in before

    await shop.pass_time(DAY_S + 1)
    assert await shop.services.retention.purge() == 1
    await shop.services.retention.sweep()

    after = await dump(shop)
    for canary in ("Canary bird", CANARY_CODE, order.phone[1:], CANARY_KEY):
        assert canary not in after


async def test_the_masked_number_and_what_happened_are_kept(shop: Shop) -> None:
    ann = await shop.customer()
    order = await completed(shop, ann)
    assert order.phone is not None
    await shop.pass_time(DAY_S + 1)
    await shop.services.retention.purge()
    kept = await shop.read(ann, order)
    assert kept.phone == mask_phone(order.phone)
    assert (kept.status, kept.price_micro) == (OrderStatus.COMPLETED, order.price_micro)
    assert kept.sms == ()
    assert kept.sms_count == 1
    assert kept.purged_at is not None
    assert kept.version > order.version


async def test_a_purged_order_is_masked_in_the_list_too(shop: Shop) -> None:
    ann = await shop.customer()
    order = await completed(shop, ann)
    await shop.pass_time(DAY_S + 1)
    await shop.services.retention.purge()
    page = await shop.services.orders.list_own(ann.id, status=None, limit=5, cursor=None)
    assert "*" in str(page.orders[0].phone)
    assert page.orders[0].id == order.id


async def test_what_comes_after_the_purge_is_not_kept(shop: Shop) -> None:
    ann = await shop.customer()
    order = await completed(shop, ann)
    await shop.pass_time(DAY_S + 1)
    await shop.services.retention.purge()
    before = await shop.read(ann, order)
    # Whatever the settings say: the grace of this one is longer than orders are kept.
    patient = replace(shop.services.settlement, late_sms_grace_s=30 * DAY_S)
    late = IncomingSms(body=f"Late {CANARY_TEXT}", code=None, received_at=None)

    assert await patient.record_sms(order.id, [late]) == 0
    state = ActivationState(ActivationStatus.CLOSED, sms=(late,))
    await apply_state(patient, order.id, state)
    await shop.services.webhook_inbox.note("primary", order.activation_id or "")
    await shop.services.webhook_inbox.confirm()
    await shop.beat()
    async with shop.services.database.connection() as connection:
        mark = (order.id, b"mark", late.body, None, shop.services.clock.now())
        bounds = (patient.late_sms_grace_s, SMS_MAX)
        assert await connection.fetchrow(queries.RECORD_SMS, *mark, *bounds) is None

    assert await shop.fetchval("select count(*) from order_sms") == 0
    assert await shop.read(ann, order) == before
    after = await dump(shop)
    for canary in ("Canary bird", CANARY_CODE, str(order.phone)[1:]):
        assert canary not in after


def test_every_writer_of_texts_and_numbers_asks_whether_the_order_was_purged() -> None:
    writes = re.compile(r"insert into order_sms|update orders[^;]*?phone = ", re.DOTALL)
    careless = [
        name
        for module in (queries, retention, reconciliation, tasks, webhook_inbox, purchase)
        for name, text in vars(module).items()
        if isinstance(text, str) and writes.search(text) and "purged_at is null" not in text
    ]
    assert careless == []


def test_only_the_modules_looked_at_write_texts_and_numbers() -> None:
    folder = Path(queries.__file__).parents[2]
    writes = re.compile(r"(insert into|update) order_sms|[ ,]phone = (\$|left)")
    writers = {path.name for path in folder.rglob("*.py") if writes.search(path.read_text("utf-8"))}
    assert writers == {"queries.py", "retention.py"}


async def test_within_the_day_everything_is_kept(shop: Shop) -> None:
    ann = await shop.customer()
    order = await completed(shop, ann)
    await shop.pass_time(DAY_S - 60)
    assert await shop.services.retention.purge() == 0
    kept = await shop.read(ann, order)
    assert (kept.phone, kept.sms[0].body) == (order.phone, CANARY_TEXT)


async def test_an_open_order_is_never_purged(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.pass_time(3 * DAY_S)
    assert await shop.services.retention.purge() == 0
    assert (await shop.read(ann, order)).phone == order.phone


async def test_cancelled_orders_are_purged_as_well(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    await shop.pass_time(DAY_S + 1)
    await shop.services.retention.purge()
    assert order.phone is not None
    assert order.phone[1:] not in await dump(shop)


async def test_an_order_that_never_had_a_number_can_be_purged(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", "no_numbers", count=1)
    with pytest.raises(Exception, match="No numbers"):
        await shop.place(ann)
    await shop.pass_time(DAY_S + 1)
    assert await shop.services.retention.purge() == 1
    assert await shop.fetchval("select phone from orders") is None


async def test_purging_twice_is_purging_once(shop: Shop) -> None:
    ann = await shop.customer()
    order = await completed(shop, ann)
    await shop.pass_time(DAY_S + 1)
    assert await shop.services.retention.purge() == 1
    purged = await shop.read(ann, order)
    assert await shop.services.retention.purge() == 0
    assert await shop.read(ann, order) == purged


async def test_more_than_a_batch_is_purged_in_one_run(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.execute(
        "insert into orders (id, user_id, status, reason, service_code, country_id, price_micro, "
        "cost_limit_micro, supplier, phone, ended_at) "
        "select 'x' || n, $1, 'FAILED', 'UPSTREAM_LOST', 'tg', 7, 10000, 1, 'primary', "
        "'+60123456789', now() - interval '2 days' from generate_series(1, 2100) n",
        ann.id,
    )
    await shop.execute(
        "select ledger_post('order_placed', id, $1, 1, 10000), "
        "ledger_post('order_refunded', id, 1, $1, 10000) from orders",
        ann.buyer.account_id,
    )
    assert await shop.services.retention.purge() == 2_100
    assert await shop.fetchval("select count(*) from orders where phone like '%6789'") == 0


async def test_spent_machinery_goes_after_a_week(shop: Shop) -> None:
    ann = await shop.customer()
    await completed(shop, ann)
    await shop.services.outbox.publish(())
    spent = "select (select count(*) from supplier_tasks) + (select count(*) from outbox_events)"
    spent += " + (select count(*) from supplier_notices)"
    await shop.services.retention.sweep()
    assert await shop.fetchval(spent) >= 3
    await shop.pass_time(8 * DAY_S)
    await shop.services.retention.sweep()
    assert await shop.fetchval(spent) == 0


async def test_unfinished_machinery_is_never_swept(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    await shop.pass_time(30 * DAY_S)
    await shop.services.retention.sweep()
    assert await shop.fetchval("select count(*) from supplier_tasks") == 1
    assert await shop.fetchval("select count(*) from outbox_events") == 1
