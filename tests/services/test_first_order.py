"""The product's main job, from the first cent to the last."""

from jiema_app.domain.orders.statuses import OrderStatus
from tests.support.shop import Shop


async def test_a_code_is_paid_for(shop: Shop) -> None:
    ann = await shop.customer(cents=500)
    order = await shop.place(ann)
    assert order.status is OrderStatus.WAITING
    assert await shop.balance(ann) == 5_000_000 - order.price_micro

    await shop.deliver(order, "Telegram code 54321")

    received = await shop.read(ann, order)
    assert received.status is OrderStatus.RECEIVED
    assert [(sms.body, sms.code) for sms in received.sms] == [("Telegram code 54321", "54321")]
    assert await shop.balance(ann) == 5_000_000 - order.price_micro
