"""Idempotency keys: a wish repeated with its key is one order."""

import asyncio

import pytest

from jiema_app.domain.errors import (
    BadCountry,
    BadRequest,
    BadService,
    IdempotencyConflict,
    InsufficientBalance,
    NoNumbers,
    UpstreamError,
)
from jiema_app.domain.orders.requests import OrderRequest, Placed
from jiema_app.domain.orders.statuses import OrderStatus
from tests.support.shop import Customer, Shop

KEY = "order-1"


async def place(
    shop: Shop,
    customer: Customer,
    key: str = KEY,
    *,
    service: str = "tg",
    country: str | int = 7,
    ceiling: int | None = None,
) -> Placed:
    wish = OrderRequest(
        service=service, country=country, max_price_cents=ceiling, idempotency_key=key
    )
    return await shop.services.orders.place(customer.buyer, wish)


async def test_the_same_key_gives_the_same_order_and_one_charge(shop: Shop) -> None:
    ann = await shop.customer()
    first = await place(shop, ann)
    again = await place(shop, ann)
    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.order == first.order
    assert await shop.balance(ann) == 50_000_000 - first.order.price_micro
    assert len(await shop.rentals()) == 1


async def test_the_same_wish_spelled_otherwise_is_the_same(shop: Shop) -> None:
    ann = await shop.customer()
    first = await place(shop, ann, service="tg", country=7)
    again = await place(shop, ann, service="Telegram", country="MY")
    assert again.order.id == first.order.id


@pytest.mark.parametrize(
    "other", [{"service": "wa"}, {"country": 6}, {"ceiling": 500}], ids=lambda one: next(iter(one))
)
async def test_the_key_of_another_wish_is_a_conflict(
    shop: Shop, other: dict[str, str | int]
) -> None:
    ann = await shop.customer()
    first = await place(shop, ann)
    with pytest.raises(IdempotencyConflict):
        await place(shop, ann, **other)  # type: ignore[arg-type]
    assert await shop.balance(ann) == 50_000_000 - first.order.price_micro


@pytest.mark.parametrize(("service", "country"), [("tg", 7), ("TG", "7"), ("Telegram", "MY")])
@pytest.mark.parametrize(
    "change",
    [
        "update services set compliance_override = 'denied' where code = 'tg'",
        "update services set is_enabled = false where code = 'tg'",
        "update countries set is_enabled = false where id = 7",
    ],
)
async def test_a_repeat_is_answered_though_it_is_no_longer_sold(
    shop: Shop, change: str, service: str, country: str | int
) -> None:
    """The answer may have been lost, and its price is held: that there is no such service is none."""
    ann = await shop.customer()
    first = await place(shop, ann)
    await shop.execute(change)
    await shop.services.live_catalog.reload()
    again = await place(shop, ann, service=service, country=country)
    assert (again.order.id, again.is_replay) == (first.order.id, True)
    with pytest.raises(IdempotencyConflict):
        await place(shop, ann, service="wa")
    with pytest.raises((BadService, BadCountry)):
        await place(shop, ann, "another")
    assert await shop.balance(ann) == 50_000_000 - first.order.price_micro


async def test_another_key_is_another_order(shop: Shop) -> None:
    ann = await shop.customer()
    first, second = await place(shop, ann, "one"), await place(shop, ann, "two")
    assert first.order.id != second.order.id


async def test_keys_are_each_buyer_s_own(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    anns, bobs = await place(shop, ann), await place(shop, bob)
    assert anns.order.id != bobs.order.id
    assert not bobs.is_replay


async def test_a_repeat_is_told_what_the_first_request_was_told(shop: Shop) -> None:
    """The order has moved on since; its answer says WAITING, as the first one did."""
    ann = await shop.customer()
    first = await place(shop, ann)
    await shop.deliver(first.order)
    again = await place(shop, ann)
    assert again.order.status is OrderStatus.WAITING
    assert (again.order.id, again.order.phone) == (first.order.id, first.order.phone)


async def test_twenty_requests_at_once_make_one_order(shop: Shop) -> None:
    ann = await shop.customer()
    placed = await asyncio.gather(*(place(shop, ann) for _ in range(20)))
    assert len({one.order.id for one in placed}) == 1
    assert sum(not one.is_replay for one in placed) == 1
    assert len(await shop.rentals()) == 1
    assert await shop.balance(ann) == 50_000_000 - placed[0].order.price_micro


async def test_requests_at_once_in_two_processes_make_one_order(shop: Shop) -> None:
    ann = await shop.customer()
    wish = OrderRequest(service="tg", country=7, idempotency_key=KEY)
    processes = [shop.services, shop.another_process()]
    placed = await asyncio.gather(
        *(processes[turn % 2].orders.place(ann.buyer, wish) for turn in range(10))
    )
    assert len({one.order.id for one in placed}) == 1
    assert len(await shop.rentals()) == 1


async def test_a_purchase_that_failed_leaves_its_key_free(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", "no_numbers", count=1)
    with pytest.raises(NoNumbers):
        await place(shop, ann)
    retried = await place(shop, ann)
    assert not retried.is_replay
    assert await shop.balance(ann) == 50_000_000 - retried.order.price_micro


async def test_a_refusal_before_the_purchase_leaves_the_key_free(shop: Shop) -> None:
    ann = await shop.customer(cents=0)
    with pytest.raises(InsufficientBalance):
        await place(shop, ann)
    assert await shop.fetchval("select count(*) from orders") == 0


async def test_a_cancelled_order_keeps_its_key(shop: Shop) -> None:
    """A late repeat must not buy again what the buyer has given back."""
    ann = await shop.customer()
    first = await place(shop, ann)
    await shop.services.orders.cancel(ann.id, first.order.id)
    again = await place(shop, ann)
    assert again.is_replay
    assert again.order.id == first.order.id
    assert await shop.balance(ann) == 50_000_000


async def test_a_repeat_waits_for_the_first_request_still_under_way(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.supplier.behave(latencyMs=150)
    first = asyncio.create_task(place(shop, ann))
    await shop.wait_until("select count(*) = 1 from orders where status = 'RESERVED'")
    again = await place(shop, ann)
    assert again.is_replay
    assert again.order.id == (await first).order.id


async def test_a_repeat_after_a_lost_answer_gets_the_number_once_it_is_found(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.supplier.fault("getNumberV2", "timeout_after_commit", count=1)
    with pytest.raises(UpstreamError):
        await place(shop, ann)
    await shop.pass_time(30)
    await shop.beat()
    await shop.pass_time(30)
    repeat = asyncio.create_task(place(shop, ann))
    await shop.beat()
    found = await repeat
    assert found.is_replay
    assert found.order.phone is not None
    assert len(await shop.rentals()) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "new\nline", "nul\x00", "\x7f"])
async def test_a_malformed_key_is_refused(shop: Shop, key: str) -> None:
    ann = await shop.customer()
    with pytest.raises(BadRequest):
        await place(shop, ann, key)
    assert await shop.fetchval("select count(*) from orders") == 0


@pytest.mark.parametrize("key", ["x", "x" * 255, "schlüssel 1", "订单-1"])
async def test_any_printable_key_of_up_to_255_characters_will_do(shop: Shop, key: str) -> None:
    ann = await shop.customer()
    first = await place(shop, ann, key)
    assert (await place(shop, ann, key)).order.id == first.order.id


async def test_a_key_is_forgotten_after_a_day(shop: Shop) -> None:
    ann = await shop.customer()
    first = await place(shop, ann)
    await shop.services.orders.cancel(ann.id, first.order.id)
    await shop.pass_time(24 * 3600 - 60)
    await shop.services.retention.sweep()
    assert (await place(shop, ann)).is_replay
    await shop.pass_time(120)
    await shop.services.retention.sweep()
    assert not (await place(shop, ann)).is_replay
