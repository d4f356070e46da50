"""Giving a number back: money at once, the supplier when it lets us."""

import pytest

from jiema_app.domain.errors import AlreadyChanged, CodeReceived, NotFound, NotOpen
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from tests.support.shop import Shop


async def test_a_cancel_refunds_everything_at_once(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    cancelled = await shop.services.orders.cancel(ann.id, order.id)
    assert (cancelled.status, cancelled.reason) == (OrderStatus.CANCELLED, EndReason.USER)
    assert cancelled.is_refunded
    assert await shop.balance(ann) == 50_000_000


async def test_a_second_cancel_is_refused_and_refunds_nothing(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    with pytest.raises(NotOpen):
        await shop.services.orders.cancel(ann.id, order.id)
    assert await shop.balance(ann) == 50_000_000


async def test_an_order_with_a_code_cannot_be_cancelled(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    with pytest.raises(CodeReceived):
        await shop.services.orders.cancel(ann.id, order.id)
    assert (await shop.read(ann, order)).status is OrderStatus.RECEIVED
    assert await shop.balance(ann) == 50_000_000 - order.price_micro


async def test_an_order_that_waits_for_a_further_code_cannot_be_cancelled(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    await shop.services.orders.ask_next_sms(ann.id, order.id)
    with pytest.raises(CodeReceived):
        await shop.services.orders.cancel(ann.id, order.id)
    assert (await shop.read(ann, order)).status is OrderStatus.WAITING


async def test_a_completed_order_says_that_its_code_came(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    await shop.services.settlement.complete(order.id, EndReason.USER)
    with pytest.raises(CodeReceived):
        await shop.services.orders.cancel(ann.id, order.id)


async def test_an_expired_order_is_not_open(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.pass_time(16 * 60)
    await shop.services.expiry.run()
    with pytest.raises(NotOpen):
        await shop.services.orders.cancel(ann.id, order.id)


async def test_a_stranger_does_not_find_the_order(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    order = await shop.place(ann)
    with pytest.raises(NotFound):
        await shop.services.orders.cancel(bob.id, order.id)
    assert (await shop.read(ann, order)).status is OrderStatus.WAITING


@pytest.mark.parametrize("name", ["", "c" + "0" * 24, "' or 1=1 --", "x" * 1_000])
async def test_an_order_that_does_not_exist_is_not_found(shop: Shop, name: str) -> None:
    ann = await shop.customer()
    with pytest.raises(NotFound):
        await shop.services.orders.cancel(ann.id, name)


async def test_an_order_that_changes_in_between_is_said_to_have_changed(shop: Shop) -> None:
    """Read as WAITING, ended before the cancel: what two cancels at once look like."""
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.execute(
        "create function end_first() returns trigger language plpgsql as "
        "$$ begin return null; end $$"
    )
    await shop.execute(
        "create trigger end_first before update on orders for each row execute function end_first()"
    )
    with pytest.raises(AlreadyChanged):
        await shop.services.orders.cancel(ann.id, order.id)
    assert await shop.balance(ann) == 50_000_000 - order.price_micro


async def test_the_number_goes_back_once_the_supplier_takes_it(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    assert await shop.services.tasks.run() == 0
    assert len(await shop.rentals()) == 1
    await shop.pass_time(121)
    assert await shop.services.tasks.run() == 1
    assert await shop.rentals() == []


async def test_an_old_number_goes_back_at_once(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.pass_time(300)
    await shop.services.orders.cancel(ann.id, order.id)
    await shop.services.tasks.run()
    assert await shop.rentals() == []


async def test_a_code_after_the_cancel_is_not_shown(shop: Shop) -> None:
    """The buyer has the money, so not the code."""
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    await shop.deliver(order)
    cancelled = await shop.read(ann, order)
    assert (cancelled.status, cancelled.sms) == (OrderStatus.CANCELLED, ())
    assert await shop.balance(ann) == 50_000_000
