"""A buyer who needs no further code says so: the order ends, the number goes back."""

import pytest

from jiema_app.domain.errors import AlreadyChanged, NotFound, NotOpen
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from tests.support.shop import Shop


async def test_an_order_with_a_code_is_completed_before_its_window_ends(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    finished = await shop.services.orders.finish(ann.id, order.id)
    assert (finished.status, finished.reason) == (OrderStatus.COMPLETED, EndReason.USER)
    assert finished.expires_at is not None
    assert finished.ended_at is not None
    assert finished.ended_at < finished.expires_at
    assert [sms.code for sms in finished.sms] == ["12345"]
    assert await shop.balance(ann) == 50_000_000 - order.price_micro


async def test_the_number_goes_back_to_the_supplier_at_once(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    assert len(await shop.rentals()) == 1
    await shop.services.orders.finish(ann.id, order.id)
    assert await shop.services.tasks.run() == 1
    assert await shop.rentals() == []
    assert await shop.services.tasks.run() == 0


async def test_an_order_that_waits_for_a_further_code_can_be_finished(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    await shop.services.orders.ask_next_sms(ann.id, order.id)
    finished = await shop.services.orders.finish(ann.id, order.id)
    assert finished.status is OrderStatus.COMPLETED


async def test_an_order_without_a_code_cannot_be_finished(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    with pytest.raises(NotOpen, match="No code has arrived yet"):
        await shop.services.orders.finish(ann.id, order.id)
    assert (await shop.read(ann, order)).status is OrderStatus.WAITING


async def test_the_end_itself_asks_for_a_code(shop: Shop) -> None:
    """Whoever calls it, and whatever they read before."""
    ann = await shop.customer()
    order = await shop.place(ann)
    assert await shop.services.orders.settlement.complete(order.id, EndReason.USER) is None
    assert (await shop.read(ann, order)).status is OrderStatus.WAITING


async def test_an_ended_order_cannot_be_finished(shop: Shop) -> None:
    ann = await shop.customer()
    cancelled, finished = await shop.place(ann), await shop.place(ann)
    await shop.services.orders.cancel(ann.id, cancelled.id)
    await shop.deliver(finished)
    await shop.services.orders.finish(ann.id, finished.id)
    for order in (cancelled, finished):
        with pytest.raises(NotOpen):
            await shop.services.orders.finish(ann.id, order.id)


async def test_an_order_that_ends_in_between_is_said_to_have_changed(shop: Shop) -> None:
    """Read as open, ended before the end was written: what two finishes at once look like."""
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    await shop.execute(
        "create function end_first() returns trigger language plpgsql as "
        "$$ begin return null; end $$"
    )
    await shop.execute(
        "create trigger end_first before update on orders for each row execute function end_first()"
    )
    with pytest.raises(AlreadyChanged):
        await shop.services.orders.finish(ann.id, order.id)


async def test_a_stranger_does_not_find_the_order(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    with pytest.raises(NotFound):
        await shop.services.orders.finish(bob.id, order.id)
    assert (await shop.read(ann, order)).status is OrderStatus.RECEIVED


@pytest.mark.parametrize("name", ["", "c" + "0" * 24, "' or 1=1 --", "\0", "\ud800", "x" * 1_000])
async def test_an_order_that_does_not_exist_is_not_found(shop: Shop, name: str) -> None:
    ann = await shop.customer()
    with pytest.raises(NotFound):
        await shop.services.orders.finish(ann.id, name)
