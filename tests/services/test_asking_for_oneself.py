"""A reader brings an order up to date when no worker does, without bothering the supplier."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from jiema_app.domain.orders import sync
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.views import OrderView
from tests.support.polling import PATIENCE_S, until, until_told
from tests.support.shop import SUPPLIER, Customer, Shop

AGES_S = 1e9
"""Longer than any machine has been running: what never happened must not pass for recent."""


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moments that are long for a busy machine, too; tests of them make them short."""
    for name in ("OWN_PATIENCE_S", "OWN_PAUSE_S", "BEAT_FRESH_S", "BEAT_FRESH_MAX_S"):
        monkeypatch.setattr(sync, name, AGES_S)


async def arrive(shop: Shop, order: OrderView, text: str = "Code 12345") -> None:
    """An SMS reaches the supplier; no worker looks."""
    assert order.phone is not None
    (await shop.supplier.sms(order.phone, text)).raise_for_status()


async def get(shop: Shop, customer: Customer, order: OrderView) -> OrderView:
    return await shop.services.orders.get(customer.id, order.id)


async def has_code(
    shop: Shop,
    customer: Customer,
    order: OrderView,
    read: Callable[[Shop, Customer, OrderView], Awaitable[OrderView]],
) -> bool:
    return (await read(shop, customer, order)).status is OrderStatus.RECEIVED


async def test_polling_finds_the_code_when_no_worker_runs(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await arrive(shop, order)
    received = await get(shop, ann, order)
    assert received.status is OrderStatus.RECEIVED
    assert received.sms[0].code == "12345"


async def test_polling_finds_that_the_number_was_lost(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.phone is not None
    await shop.supplier.take_back(order.phone)
    lost = await get(shop, ann, order)
    assert (lost.status, lost.reason) == (OrderStatus.FAILED, EndReason.UPSTREAM_LOST)
    assert await shop.balance(ann) == 50_000_000


async def test_fifty_readers_at_once_ask_the_supplier_once(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await arrive(shop, order)
    await shop.supplier.behave(latencyMs=50)
    views = await asyncio.gather(*(get(shop, ann, order) for _ in range(50)))
    assert {view.status for view in views} == {OrderStatus.RECEIVED}
    assert await shop.supplier.requests("getStatusV2") == 1


async def test_a_reader_soon_after_another_asks_nobody(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await get(shop, ann, order)
    await arrive(shop, order)
    assert (await get(shop, ann, order)).status is OrderStatus.WAITING
    assert await shop.supplier.requests("getStatusV2") == 1


async def test_the_supplier_is_asked_again_after_a_pause(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "OWN_PAUSE_S", 0.05)
    ann = await shop.customer()
    order = await shop.place(ann)
    await get(shop, ann, order)
    await arrive(shop, order)
    await until_told(lambda: has_code(shop, ann, order, get))
    assert await shop.supplier.requests("getStatusV2") == 2


async def test_other_orders_do_not_wait_for_this_one_s_pause(shop: Shop) -> None:
    ann = await shop.customer()
    first, second = await shop.place(ann), await shop.place(ann)
    await get(shop, ann, first)
    await arrive(shop, second)
    assert (await get(shop, ann, second)).status is OrderStatus.RECEIVED


async def test_nobody_is_asked_while_a_worker_beats(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    shop.services.refresher.note_beat(SUPPLIER)
    await get(shop, ann, order)
    assert await shop.supplier.requests("getStatusV2") == 0


async def test_nobody_is_asked_about_an_ended_order(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    await get(shop, ann, order)
    assert await shop.supplier.requests("getStatusV2") == 0


async def test_a_stranger_cannot_make_us_ask(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    order = await shop.place(ann)
    await asyncio.gather(get(shop, bob, order), return_exceptions=True)
    assert await shop.supplier.requests("getStatusV2") == 0


async def test_a_silent_supplier_leaves_the_reader_with_what_is_stored(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "OWN_PATIENCE_S", 0.05)
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.supplier.fault("getStatusV2", "hang", count=1, seconds=3_000)
    async with asyncio.timeout(PATIENCE_S):
        view = await get(shop, ann, order)
    assert view == await shop.read(ann, order)


@pytest.mark.parametrize("kind", ["http500", "http429", "garbage", "truncated", "drop_before"])
async def test_a_failing_supplier_leaves_the_reader_with_what_is_stored(
    shop: Shop, kind: str
) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await arrive(shop, order)
    await shop.supplier.fault("*", kind, count=4)
    assert (await get(shop, ann, order)).status is OrderStatus.WAITING


async def test_an_answer_that_comes_late_is_still_recorded(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "OWN_PATIENCE_S", 0.02)
    ann = await shop.customer()
    order = await shop.place(ann)
    await arrive(shop, order)
    await shop.supplier.behave(latencyMs=1_500)
    assert (await get(shop, ann, order)).status is OrderStatus.WAITING
    await until_told(lambda: has_code(shop, ann, order, Shop.read))


async def test_a_reader_who_leaves_does_not_stop_the_question(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await arrive(shop, order)
    await shop.supplier.behave(latencyMs=100)
    reader = asyncio.create_task(get(shop, ann, order))
    await until(lambda: order.id in shop.services.refresher._asking)
    reader.cancel()
    await until_told(lambda: has_code(shop, ann, order, Shop.read))
