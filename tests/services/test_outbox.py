"""Facts for others: at least once, in order, without secrets."""

import asyncio

import pytest

from backend_jobs.outbox_sinks import SINKS
from jiema_app.domain.operations.outbox import Event
from tests.support.shop import Shop


class SinkFailed(Exception):
    """A sink that could not take a fact."""


async def make_facts(shop: Shop) -> None:
    """An order that receives a code, one that is cancelled."""
    ann = await shop.customer()
    received, cancelled = await shop.place(ann), await shop.place(ann)
    await shop.deliver(received, "Secret text 135791")
    await shop.services.orders.cancel(ann.id, cancelled.id)


async def test_facts_are_handed_on_once_and_in_order(shop: Shop) -> None:
    await make_facts(shop)
    heard: list[Event] = []
    assert await shop.services.outbox.publish((heard.append,)) == 2
    assert [event.topic for event in heard] == ["order.received", "order.ended"]
    assert await shop.services.outbox.publish((heard.append,)) == 0
    assert len(heard) == 2


async def test_every_sink_hears_every_fact(shop: Shop) -> None:
    await make_facts(shop)
    one: list[Event] = []
    two: list[Event] = []
    await shop.services.outbox.publish((one.append, two.append))
    assert one == two
    assert len(one) == 2


async def test_a_sink_that_fails_loses_no_fact(shop: Shop) -> None:
    await make_facts(shop)
    heard: list[Event] = []

    def fail_on_second(event: Event) -> None:
        heard.append(event)
        if len(heard) == 2:
            raise SinkFailed

    with pytest.raises(SinkFailed):
        await shop.services.outbox.publish((fail_on_second,))
    again: list[Event] = []
    assert await shop.services.outbox.publish((again.append,)) == 2
    assert again == heard


async def test_workers_share_the_facts(shop: Shop) -> None:
    await make_facts(shop)
    heard: list[Event] = []
    published = await asyncio.gather(
        *(shop.services.outbox.publish((heard.append,)) for _ in range(4))
    )
    assert sum(published) == len(heard) == 2


async def test_facts_hold_no_text_no_code_and_no_number(shop: Shop) -> None:
    await make_facts(shop)
    heard: list[Event] = []
    await shop.services.outbox.publish((heard.append,))
    told = str([(event.subject_id, dict(event.payload)) for event in heard])
    phones = await shop.fetchval("select string_agg(substr(phone, 2), ',') from orders")
    for secret in ("Secret", "135791", *phones.split(",")):
        assert secret not in told


async def test_the_worker_s_sinks_take_every_fact(shop: Shop) -> None:
    await make_facts(shop)
    assert await shop.services.outbox.publish(SINKS) == 2


async def test_a_change_that_is_rolled_back_tells_nobody(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.execute(
        "alter table ledger_balances add constraint broken check (balance_micro < 50000000)"
    )
    with pytest.raises(Exception, match="broken"):
        await shop.services.orders.cancel(ann.id, order.id)
    assert await shop.fetchval("select count(*) from outbox_events") == 0
    assert (await shop.read(ann, order)).is_open
