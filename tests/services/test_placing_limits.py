"""Abuse limits: open orders, cancels, success. Whoever breaks one has nothing held."""

import asyncio

import pytest

from jiema_app.domain.errors import Forbidden, RateLimited
from jiema_app.domain.orders.requests import OrderRequest
from jiema_app.settings import LimitSettings, Settings
from tests.support.shop import Customer, Shop

CAP = 3


@pytest.fixture
def settings() -> Settings:
    return Settings(
        limits=LimitSettings(
            open_orders=CAP, cancels_per_hour=2, success_after_orders=2, success_floor_percent=50
        )
    )


async def cancel(shop: Shop, customer: Customer) -> None:
    order = await shop.place(customer)
    await shop.services.orders.cancel(customer.id, order.id)


async def place_elsewhere(shop: Shop, customer: Customer) -> None:
    """In a process that has not looked at this customer yet."""
    await shop.another_process().orders.place(customer.buyer, OrderRequest(service="tg", country=7))


async def earn_a_code(shop: Shop, customer: Customer) -> None:
    order = await shop.place(customer)
    await shop.deliver(order)


async def test_orders_open_at_once_are_limited(shop: Shop) -> None:
    ann = await shop.customer()
    for _ in range(CAP):
        await shop.place(ann)
    before = await shop.balance(ann)
    with pytest.raises(RateLimited) as refusal:
        await shop.place(ann)
    assert 1 <= refusal.value.retry_after_s <= 15 * 60
    assert await shop.balance(ann) == before


async def test_an_ended_order_makes_room_for_another(shop: Shop) -> None:
    ann = await shop.customer()
    orders = [await shop.place(ann) for _ in range(CAP)]
    await shop.services.orders.cancel(ann.id, orders[0].id)
    assert (await shop.place(ann)).is_open


async def test_the_limit_of_open_orders_is_each_buyer_s_own(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    for _ in range(CAP):
        await shop.place(ann)
    assert (await shop.place(bob)).is_open


async def test_orders_placed_at_one_moment_do_not_pass_the_limit_together(shop: Shop) -> None:
    ann = await shop.customer()
    outcomes = await asyncio.gather(*(shop.place(ann) for _ in range(10)), return_exceptions=True)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, RateLimited)]
    assert len(outcomes) - len(refusals) == CAP
    assert len(await shop.rentals()) == CAP


async def test_cancels_within_an_hour_are_limited(shop: Shop) -> None:
    ann = await shop.customer()
    await cancel(shop, ann)
    await cancel(shop, ann)
    before = await shop.balance(ann)
    with pytest.raises(RateLimited) as refusal:
        await place_elsewhere(shop, ann)
    assert 3_000 <= refusal.value.retry_after_s <= 3_600
    assert await shop.balance(ann) == before


async def test_cancels_of_an_hour_ago_are_forgotten(shop: Shop) -> None:
    ann = await shop.customer()
    await earn_a_code(shop, ann)
    await cancel(shop, ann)
    await cancel(shop, ann)
    await earn_a_code(shop, ann)
    await shop.pass_time(3_601)
    await place_elsewhere(shop, ann)


async def test_expired_orders_are_no_cancels(shop: Shop) -> None:
    ann = await shop.customer()
    await shop.place(ann)
    await shop.pass_time(16 * 60)
    await shop.services.expiry.run()
    await earn_a_code(shop, ann)
    await place_elsewhere(shop, ann)


async def test_a_buyer_whose_numbers_never_receive_a_code_pauses(shop: Shop) -> None:
    ann = await shop.customer()
    for _ in range(2):
        await shop.place(ann)
    await shop.pass_time(16 * 60)
    await shop.services.expiry.run()
    with pytest.raises(RateLimited):
        await place_elsewhere(shop, ann)


async def test_enough_codes_keep_a_buyer_in_good_standing(shop: Shop) -> None:
    ann = await shop.customer()
    await earn_a_code(shop, ann)
    await shop.place(ann)
    await shop.pass_time(16 * 60)
    await shop.services.expiry.run()
    await place_elsewhere(shop, ann)


async def test_failures_of_the_supplier_do_not_count_against_the_buyer(shop: Shop) -> None:
    ann = await shop.customer()
    for _ in range(3):
        order = await shop.place(ann)
        assert order.phone is not None
        await shop.supplier.take_back(order.phone)
        await shop.beat()
        await shop.beat()
    assert await shop.statuses() == [("FAILED", "UPSTREAM_LOST")] * 3
    await place_elsewhere(shop, ann)


async def test_a_ban_between_recognition_and_order_is_noticed(shop: Shop) -> None:
    ann = await shop.customer()
    principal = await shop.services.api_keys.authenticate(ann.token)
    assert principal is not None
    assert not principal.is_banned
    await shop.services.identity.ban(ann.id, actor="test", reason="scanning")
    with pytest.raises(Forbidden):
        await shop.place(ann)
