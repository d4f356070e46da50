"""Further codes on one number."""

import pytest

from jiema_app.domain.errors import NotFound, NotOpen, UpstreamError
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.orders.views import OrderView
from jiema_app.settings import OrderSettings, Settings
from tests.support.shop import Customer, Shop


@pytest.fixture
def settings() -> Settings:
    return Settings(orders=OrderSettings(next_sms_max=2))


async def with_a_code(shop: Shop, customer: Customer, text: str = "Code 11111") -> OrderView:
    order = await shop.place(customer)
    await shop.deliver(order, text)
    return order


async def texts(shop: Shop, customer: Customer, order: OrderView) -> list[str]:
    return [sms.body for sms in (await shop.read(customer, order)).sms]


async def test_a_number_with_a_code_waits_again_free_of_charge(shop: Shop) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    asked = await shop.services.orders.ask_next_sms(ann.id, order.id)
    assert asked.status is OrderStatus.WAITING
    assert asked.next_sms_count == 1
    assert await shop.balance(ann) == 50_000_000 - order.price_micro


async def test_the_further_code_is_recorded_beside_the_first(shop: Shop) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    await shop.services.orders.ask_next_sms(ann.id, order.id)
    await shop.deliver(order, "Code 22222")
    received = await shop.read(ann, order)
    assert received.status is OrderStatus.RECEIVED
    assert [(sms.body, sms.code) for sms in received.sms] == [
        ("Code 11111", "11111"),
        ("Code 22222", "22222"),
    ]
    assert await shop.balance(ann) == 50_000_000 - order.price_micro


async def test_the_same_code_sent_again_counts_once_it_was_asked_for(shop: Shop) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    await shop.services.orders.ask_next_sms(ann.id, order.id)
    await shop.deliver(order, "Code 11111")
    assert await texts(shop, ann, order) == ["Code 11111", "Code 11111"]
    assert (await shop.read(ann, order)).status is OrderStatus.RECEIVED


async def test_a_code_delivered_twice_is_one_code(shop: Shop) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    await shop.deliver(order, "Code 11111")
    assert await texts(shop, ann, order) == ["Code 11111"]


async def test_the_old_code_on_the_list_does_not_pass_for_the_further_one(shop: Shop) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    await shop.services.orders.ask_next_sms(ann.id, order.id)
    for _ in range(3):
        await shop.beat()
    assert (await shop.read(ann, order)).status is OrderStatus.WAITING


async def test_every_text_of_a_number_is_kept(shop: Shop) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    await shop.deliver(order, "Welcome! Never share your code.")
    assert await texts(shop, ann, order) == ["Code 11111", "Welcome! Never share your code."]


async def test_two_texts_between_two_looks_are_both_kept(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.phone is not None
    await shop.supplier.sms(order.phone, "Code 11111")
    await shop.supplier.sms(order.phone, "Welcome! Never share your code.")
    await shop.beat()
    await shop.beat()
    assert sorted(await texts(shop, ann, order)) == [
        "Code 11111",
        "Welcome! Never share your code.",
    ]


async def test_further_codes_are_limited(shop: Shop) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    for number in (22222, 33333):
        await shop.services.orders.ask_next_sms(ann.id, order.id)
        await shop.deliver(order, f"Code {number}")
    with pytest.raises(NotOpen):
        await shop.services.orders.ask_next_sms(ann.id, order.id)
    assert len(await texts(shop, ann, order)) == 3


async def test_a_number_without_a_code_cannot_be_asked_for_a_further_one(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    with pytest.raises(NotOpen):
        await shop.services.orders.ask_next_sms(ann.id, order.id)


async def test_a_number_that_waits_again_cannot_be_asked_twice(shop: Shop) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    await shop.services.orders.ask_next_sms(ann.id, order.id)
    with pytest.raises(NotOpen):
        await shop.services.orders.ask_next_sms(ann.id, order.id)
    assert (await shop.read(ann, order)).next_sms_count == 1


async def test_an_ended_order_takes_no_further_code(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.services.orders.cancel(ann.id, order.id)
    with pytest.raises(NotOpen):
        await shop.services.orders.ask_next_sms(ann.id, order.id)


async def test_nothing_can_be_asked_for_after_the_window(shop: Shop) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    await shop.pass_time(16 * 60)
    with pytest.raises(NotOpen):
        await shop.services.orders.ask_next_sms(ann.id, order.id)


async def test_a_stranger_cannot_ask(shop: Shop) -> None:
    ann, bob = await shop.customer(), await shop.customer()
    order = await with_a_code(shop, ann)
    with pytest.raises(NotFound):
        await shop.services.orders.ask_next_sms(bob.id, order.id)


async def test_a_number_the_supplier_has_closed_takes_no_further_code(shop: Shop) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    assert order.phone is not None
    await shop.supplier.take_back(order.phone)
    with pytest.raises(NotOpen):
        await shop.services.orders.ask_next_sms(ann.id, order.id)
    assert (await shop.read(ann, order)).status is OrderStatus.RECEIVED


@pytest.mark.parametrize("kind", ["http500", "drop_before", "timeout_after_commit", "garbage"])
async def test_a_supplier_that_does_not_answer_changes_nothing_and_may_be_asked_again(
    shop: Shop, kind: str
) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    await shop.supplier.fault("setStatus", kind, count=1)
    with pytest.raises(UpstreamError):
        await shop.services.orders.ask_next_sms(ann.id, order.id)
    assert (await shop.read(ann, order)).next_sms_count == 0
    asked = await shop.services.orders.ask_next_sms(ann.id, order.id)
    assert asked.status is OrderStatus.WAITING


async def test_a_window_that_ends_while_waiting_again_completes_the_order(shop: Shop) -> None:
    ann = await shop.customer()
    order = await with_a_code(shop, ann)
    await shop.services.orders.ask_next_sms(ann.id, order.id)
    await shop.pass_time(16 * 60)
    await shop.services.expiry.run()
    assert (await shop.read(ann, order)).status is OrderStatus.COMPLETED
    assert await shop.balance(ann) == 50_000_000 - order.price_micro
