"""The beat: codes recorded, lost numbers noticed, windows ended."""

import asyncio

import pytest

from jiema_app.domain.orders.expiry import OrdersNotEnded
from jiema_app.domain.orders.settlement import SMS_MAX
from jiema_app.domain.orders.statuses import EndReason, OrderStatus
from jiema_app.domain.orders.supplier import IncomingSms, SupplierError
from jiema_app.domain.orders.views import OrderView
from jiema_app.settings import Settings, SupplierSettings
from tests.support.shop import SUPPLIER, Customer, Shop

WINDOW_S = 15 * 60


@pytest.fixture
def settings() -> Settings:
    return Settings(supplier=SupplierSettings(breaker_failures=1_000, requests_per_second=0))


async def ended(shop: Shop, customer: Customer, order: OrderView) -> tuple[str, str | None]:
    now = await shop.read(customer, order)
    return now.status, now.reason


async def take_back(shop: Shop, order: OrderView) -> None:
    assert order.phone is not None
    await shop.supplier.take_back(order.phone)


async def test_one_beat_records_the_codes_of_many_orders(shop: Shop) -> None:
    ann = await shop.customer()
    orders = [await shop.place(ann) for _ in range(15)]
    for number, order in enumerate(orders):
        assert order.phone is not None
        await shop.supplier.sms(order.phone, f"Code {number:05}")
    await shop.beat()
    codes = [(await shop.read(ann, order)).sms[0].code for order in orders]
    assert codes == [f"{number:05}" for number in range(15)]


@pytest.mark.parametrize("odd", ["\0", "\x01", "\ufffe", "\u202e", "\U0001f600"])
async def test_a_text_of_odd_characters_is_a_text(shop: Shop, odd: str) -> None:
    """Whoever writes to a number chooses them: no database stores the first one."""
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order, f"{odd}Your code is {odd} 12345{odd}")
    assert (await shop.read(ann, order)).sms[0].code == "12345"
    await shop.age(order, 2 * WINDOW_S)
    await shop.services.expiry.run()
    assert await ended(shop, ann, order) == (OrderStatus.COMPLETED, EndReason.EXPIRED)


async def test_many_pages_of_rentals_are_read(shop: Shop) -> None:
    ann = await shop.customer()
    orders = [await shop.place(ann) for _ in range(3)]
    await _crowd(shop, 230)
    await shop.deliver(orders[0])
    assert (await shop.read(ann, orders[0])).status is OrderStatus.RECEIVED


REFUSE = """
create function refuse() returns trigger language plpgsql as $$
begin raise exception 'not this one: %', new.body; end $$;
create trigger refuse before insert on order_sms
for each row when (new.body like '%unstorable%') execute function refuse()
"""


async def test_an_order_that_cannot_be_brought_up_to_date_holds_up_no_other(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    ann = await shop.customer()
    spoilt, late = await shop.place(ann), await shop.place(ann)
    await shop.execute(REFUSE)
    assert spoilt.phone is not None
    await shop.supplier.sms(spoilt.phone, "an unstorable 99999")
    await _crowd(shop, 130)
    last = await shop.place(ann)
    await shop.deliver(last, "Code 12345")
    assert (await shop.read(ann, last)).status is OrderStatus.RECEIVED
    await shop.age(spoilt, 2 * WINDOW_S)
    await shop.age(late, 2 * WINDOW_S)
    # No list was read since, so that each is asked about by itself.
    await shop.execute("delete from job_states")
    with pytest.raises(OrdersNotEnded):
        await shop.services.expiry.run()
    assert await ended(shop, ann, late) == (OrderStatus.CANCELLED, EndReason.EXPIRED)
    assert (await shop.read(ann, spoilt)).status is OrderStatus.WAITING
    # What we cannot tell its buyer costs them nothing.
    await shop.beat()
    await shop.services.expiry.run()
    assert await ended(shop, ann, spoilt) == (OrderStatus.CANCELLED, EndReason.EXPIRED)
    # What was written to it is nobody's business.
    assert "99999" not in "".join(capfd.readouterr())


async def _crowd(shop: Shop, count: int) -> None:
    """Rentals of somebody else on our account, which push ours to later pages."""
    key = shop.settings.supplier.api_key.get_secret_value()
    for _ in range(count):
        await shop.supplier.http.get(
            f"/stubs/handler_api.php?api_key={key}&action=getNumberV2&service=wa&country=6"
        )


async def test_a_number_the_supplier_lost_fails_its_order_with_a_refund(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await take_back(shop, order)
    for _ in range(2):
        await shop.beat()
    assert await ended(shop, ann, order) == (OrderStatus.FAILED, EndReason.UPSTREAM_LOST)
    assert await shop.balance(ann) == 50_000_000


async def test_a_number_lost_after_its_code_completes_the_order(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    await take_back(shop, order)
    for _ in range(2):
        await shop.beat()
    assert await ended(shop, ann, order) == (OrderStatus.COMPLETED, EndReason.UPSTREAM_LOST)
    assert await shop.balance(ann) == 50_000_000 - order.price_micro


async def test_one_list_without_a_number_does_not_fail_its_order(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await take_back(shop, order)
    await shop.beat()
    assert (await shop.read(ann, order)).status is OrderStatus.WAITING


async def test_a_code_that_came_before_the_number_was_closed_is_still_found(shop: Shop) -> None:
    """Received and closed between two beats: only the rental itself still tells."""
    ann = await shop.customer()
    order = await shop.place(ann)
    assert order.phone is not None
    await shop.supplier.sms(order.phone, "Code 77777")
    await shop.supplier.advance(1_300)
    for _ in range(2):
        await shop.beat()
    status, _ = await ended(shop, ann, order)
    assert status is OrderStatus.COMPLETED
    assert [sms.code for sms in (await shop.read(ann, order)).sms] == ["77777"]


@pytest.mark.parametrize("kind", ["http500", "garbage", "truncated", "drop_before"])
async def test_a_list_that_fails_ends_no_order(shop: Shop, kind: str) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.supplier.fault("getActiveActivations", kind, rate=1)
    for _ in range(3):
        with pytest.raises(SupplierError):
            await shop.beat()
    assert (await shop.read(ann, order)).status is OrderStatus.WAITING


async def test_an_order_without_a_code_expires_with_a_refund(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.pass_time(WINDOW_S + 1)
    await shop.beat()
    await shop.services.expiry.run()
    assert await ended(shop, ann, order) == (OrderStatus.CANCELLED, EndReason.EXPIRED)
    assert await shop.balance(ann) == 50_000_000
    await shop.services.tasks.run()
    assert await shop.rentals() == []


async def test_an_order_with_a_code_is_completed_and_its_rental_finished(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    await shop.pass_time(WINDOW_S + 1)
    await shop.beat()
    await shop.services.expiry.run()
    assert await ended(shop, ann, order) == (OrderStatus.COMPLETED, EndReason.EXPIRED)
    await shop.services.tasks.run()
    assert (await shop.supplier.state())["activations"][0]["status"] == "finished"


async def test_an_order_is_not_ended_before_its_window(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.pass_time(WINDOW_S - 5)
    await shop.beat()
    assert await shop.services.expiry.run() == 0
    assert (await shop.read(ann, order)).status is OrderStatus.WAITING


async def test_the_last_look_after_the_window_comes_before_the_refund(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.beat()
    await shop.pass_time(WINDOW_S + 1)
    assert await shop.services.expiry.run() == 0
    await shop.deliver(order, "Code 99999")
    await shop.services.expiry.run()
    assert await ended(shop, ann, order) == (OrderStatus.COMPLETED, EndReason.EXPIRED)


async def test_with_the_supplier_dead_an_order_expires_after_some_patience(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.beat()
    await shop.supplier.fault("*", "http500", rate=1)
    await shop.pass_time(WINDOW_S + 25)
    assert await shop.services.expiry.run() == 0
    await shop.pass_time(10)
    assert await shop.services.expiry.run() == 1
    assert await ended(shop, ann, order) == (OrderStatus.CANCELLED, EndReason.EXPIRED)
    assert await shop.balance(ann) == 50_000_000


async def test_a_code_soon_after_completion_is_still_shown(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    await shop.services.settlement.complete(order.id, EndReason.USER)
    await shop.pass_time(9 * 60)
    await _report(shop, order)
    late = await shop.read(ann, order)
    assert (late.status, len(late.sms)) == (OrderStatus.COMPLETED, 2)


async def test_a_code_long_after_completion_is_not(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.deliver(order)
    await shop.services.settlement.complete(order.id, EndReason.USER)
    await shop.pass_time(11 * 60)
    await _report(shop, order)
    assert len((await shop.read(ann, order)).sms) == 1


async def test_a_code_after_a_refund_is_not_shown_and_costs_nothing(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    await shop.pass_time(WINDOW_S + 40)
    await shop.services.expiry.run()
    await _report(shop, order)
    assert (await shop.read(ann, order)).sms == ()
    assert await shop.balance(ann) == 50_000_000


async def _report(shop: Shop, order: OrderView) -> None:
    """The supplier tells of a further SMS, as a webhook call has us ask."""
    assert order.phone is not None
    assert order.activation_id is not None
    await shop.supplier.sms(order.phone, "Late code 55555")
    state = await shop.services.suppliers[SUPPLIER].read_activation(order.activation_id)
    await shop.services.settlement.record_sms(order.id, state.sms)


async def test_an_order_keeps_a_hundred_sms(shop: Shop) -> None:
    """Whoever knows the number may send thousands, and every answer has all that are kept."""
    ann = await shop.customer()
    order = await shop.place(ann)
    for start in (0, 60, 120):
        reported = [
            IncomingSms(f"Your code is {10_000 + start + at}", None, None) for at in range(60)
        ]
        await shop.services.settlement.record_sms(order.id, reported)
    found = (await shop.read(ann, order)).sms
    assert [sms.code for sms in found] == [str(10_000 + at) for at in range(SMS_MAX)]


async def test_those_that_come_alone_and_at_once_are_no_more_than_a_hundred(shop: Shop) -> None:
    ann = await shop.customer()
    order = await shop.place(ann)
    texts = [IncomingSms(f"Your code is {10_000 + at}", None, None) for at in range(SMS_MAX + 8)]
    record = shop.services.settlement.record_sms
    assert await record(order.id, texts[: SMS_MAX - 2]) == SMS_MAX - 2
    recorded = await asyncio.gather(*(record(order.id, [sms]) for sms in texts[SMS_MAX - 2 :]))
    assert sorted(recorded) == [0] * 8 + [1, 1]
    received = await shop.read(ann, order)
    assert (received.sms_count, len(received.sms)) == (SMS_MAX, SMS_MAX)
    assert await record(order.id, [texts[0]]) == 0


async def test_only_what_is_over_is_ended(shop: Shop) -> None:
    ann = await shop.customer()
    open_order, over = await shop.place(ann), await shop.place(ann)
    await shop.age(over, WINDOW_S + 40)
    await shop.services.expiry.run()
    assert (await shop.read(ann, open_order)).is_open
    assert not (await shop.read(ann, over)).is_open
