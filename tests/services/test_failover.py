"""Several suppliers: the cheapest sells, the next one steps in, a former one is not asked."""

import pytest

from jiema_app.bootstrap import build_services
from jiema_app.domain.errors import NoNumbers, UpstreamError
from jiema_app.domain.orders.requests import OrderRequest
from tests.support.two_suppliers import FIRST, SECOND, TwoSuppliers

FULL = 50_000_000
PRICE = 410_000


@pytest.mark.parametrize(("first_usd", "second_usd"), [(0.5, 0.3), (0.3, 0.5)])
async def test_the_cheaper_one_sells(
    two: TwoSuppliers, first_usd: float, second_usd: float
) -> None:
    await two.offer(first_usd, second_usd)
    order = await two.place(await two.shop.customer())
    assert order.supplier == (SECOND if second_usd < first_usd else FIRST)
    assert order.price_cents == 41


async def test_another_one_steps_in_at_the_same_price_when_it_covers_the_cost(
    two: TwoSuppliers,
) -> None:
    await two.offer(0.30, 0.35)
    await two.first.offer("tg", 7, 0.30, 0)
    ann = await two.shop.customer()
    order = await two.place(ann)
    assert order.supplier == SECOND
    assert order.price_cents == 41
    assert await two.shop.balance(ann) == FULL - PRICE


async def test_nobody_sells_at_a_loss_to_step_in(two: TwoSuppliers) -> None:
    await two.offer(0.30, 0.80)
    await two.first.offer("tg", 7, 0.30, 0)
    ann = await two.shop.customer()
    with pytest.raises(NoNumbers):
        await two.place(ann)
    assert await two.shop.balance(ann) == FULL


async def test_after_a_lost_answer_nobody_else_is_asked(two: TwoSuppliers) -> None:
    """There may be a number already: a second one would be paid for twice."""
    await two.offer(0.30, 0.35)
    await two.first.fault("getNumberV2", "timeout_after_commit", count=1)
    ann = await two.shop.customer()
    with pytest.raises(UpstreamError):
        await two.place(ann)
    assert await two.second.requests("getNumberV2") == 0
    await two.beat()
    await two.pass_time(31)
    await two.beat()
    await two.shop.services.tasks.run()
    assert await two.shop.balance(ann) == FULL
    assert await two.rentals() == {FIRST: 0, SECOND: 0}


async def test_when_the_one_that_stepped_in_is_not_understood_its_own_list_decides(
    two: TwoSuppliers,
) -> None:
    """The first one knows nothing of it, however soon it would give up a purchase of its own."""
    await two.offer(0.30, 0.35)
    await two.first.offer("tg", 7, 0.30, 0)
    await two.second.fault("getNumberV2", "timeout_after_commit", count=1)
    ann = await two.shop.customer()
    with pytest.raises(UpstreamError):
        await two.place(ann)
    await two.beat()
    await two.pass_time(47)
    await two.beat()
    assert await two.shop.statuses() == [("RESERVED", None)]
    assert await two.shop.balance(ann) == FULL - PRICE
    await two.pass_time(2)
    for _ in range(3):
        await two.beat()
    assert await two.shop.statuses() == [("FAILED", "UPSTREAM_UNKNOWN")]
    assert await two.shop.balance(ann) == FULL
    await two.pass_time(300)
    await two.shop.services.tasks.run()
    assert await two.rentals() == {FIRST: 0, SECOND: 0}


async def test_a_lost_number_of_the_one_that_stepped_in_is_adopted_once(two: TwoSuppliers) -> None:
    await two.offer(0.30, 0.35)
    await two.first.offer("tg", 7, 0.30, 0)
    await two.second.fault("getNumberV2", "timeout_after_commit", count=1)
    ann = await two.shop.customer()
    with pytest.raises(UpstreamError):
        await two.place(ann, idempotency_key="again")
    await two.beat()
    await two.pass_time(49)
    await two.beat()
    order = await two.place(ann, idempotency_key="again")
    assert (order.supplier, order.status) == (SECOND, "WAITING")
    assert await two.shop.balance(ann) == FULL - PRICE
    assert await two.rentals() == {FIRST: 0, SECOND: 1}
    await two.shop.services.orders.cancel(ann.id, order.id)
    assert await two.shop.balance(ann) == FULL


async def test_a_code_by_way_of_the_second_one_is_recorded(two: TwoSuppliers) -> None:
    ann = await two.shop.customer()
    order = await two.place(ann, at=SECOND)
    assert order.phone is not None
    await two.second.sms(order.phone, "Code 12345")
    await two.shop.beat(SECOND)
    assert [sms.code for sms in (await two.shop.read(ann, order)).sms] == ["12345"]


async def test_the_number_goes_back_to_whom_it_came_from(two: TwoSuppliers) -> None:
    await two.offer(0.30, 0.35)
    await two.first.offer("tg", 7, 0.30, 0)
    ann = await two.shop.customer()
    order = await two.place(ann)
    await two.shop.services.orders.cancel(ann.id, order.id)
    await two.pass_time(301)
    await two.shop.services.tasks.run()
    assert await two.rentals() == {FIRST: 0, SECOND: 0}
    assert await two.first.requests("setStatus") == 0
    assert await two.shop.balance(ann) == FULL


async def test_a_supplier_that_is_no_longer_configured_sells_nothing(two: TwoSuppliers) -> None:
    """Its offers are still in the database, and cheaper than anybody's."""
    await two.offer(0.50, 0.10)
    known = two.shop.services
    services = build_services(two.shop.settings, known.database, {FIRST: known.suppliers[FIRST]})
    await services.live_catalog.reload()
    ann = await two.shop.customer()
    wish = OrderRequest(service="tg", country=7)
    order = (await services.orders.place(ann.buyer, wish)).order
    assert order.supplier == FIRST
    assert order.price_cents == 68


async def test_what_is_left_of_a_former_supplier_ends_with_the_money_back(
    two: TwoSuppliers,
) -> None:
    ann = await two.shop.customer()
    order = await two.place(ann, at=SECOND)
    known = two.shop.services
    services = build_services(two.shop.settings, known.database, {FIRST: known.suppliers[FIRST]})
    await services.orders.cancel(ann.id, order.id)
    await two.place(await two.shop.customer(), at=SECOND)
    await two.pass_time(1_000)
    await services.expiry.run()
    assert [status for status, _ in await two.shop.statuses()] == ["CANCELLED"] * 2
    assert await two.shop.balance(ann) == FULL
    assert await services.tasks.run() == 2, "they wait for somebody who speaks to that supplier"
    assert await two.rentals() == {FIRST: 0, SECOND: 2}
    await two.shop.pass_time(60)
    await known.tasks.run()
    assert await two.rentals() == {FIRST: 0, SECOND: 0}
