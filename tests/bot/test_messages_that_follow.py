"""Messages that follow orders: found when they are behind, forgotten, and not brought back."""

import pytest

from jiema_app.domain.telegram import following
from jiema_app.domain.telegram.following import STEPS
from tests.support.phone import CODE_TEXT, Chats, Phone, placed
from tests.support.shop import Customer, Shop


async def test_blocking_again_and_again_keeps_nothing_from_being_forgotten(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    for _ in range(3 * STEPS):
        await chats.following.look_for_what_is_behind()
        await shop.execute(
            "update deliveries set state = 'GONE', settled_at = now() where kind = 'order.live'"
        )
    await shop.services.orders.finish(ann.id, order.id)
    await shop.age(order, 25 * 3600)
    await shop.services.retention.purge()
    await chats.catch_up(phone)
    assert "have been deleted" in phone.chat[live.id].text


async def test_an_order_that_somebody_looks_at_is_behind_once_and_hides_no_other(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, _ = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await shop.services.orders.finish(ann.id, order.id)
    await chats.catch_up(phone)
    await phone.say(f"/order {order.id}")
    await chats.catch_up(phone)
    assert await chats.following.look_for_what_has_ended() == 0


async def test_looking_at_an_old_order_rings_for_none_of_its_codes(
    shop: Shop, chats: Chats, ann: Customer
) -> None:
    order = await shop.place(ann)
    await shop.deliver(order, CODE_TEXT)
    await shop.services.orders.finish(ann.id, order.id)
    await shop.age(order, 19 * 3600)
    phone = await chats.known(ann)
    await phone.say(f"/order {order.id}")
    seen = len(phone.chat)
    await chats.following.look_at_orders([order.id])
    await chats.catch_up(phone)
    assert len(phone.chat) == seen


async def test_a_shown_order_that_its_owner_took_away_does_not_come_back(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, _ = await placed(shop, chats, ann, phone)
    shown = await phone.say(f"/order {order.id}")
    del phone.chat[shown.id]
    await shop.deliver(order, CODE_TEXT)
    await chats.catch_up(phone)
    seen = len(phone.chat)
    await shop.services.orders.finish(ann.id, order.id)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen


async def test_what_was_blocked_for_days_is_forgotten_when_it_is_open_again(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await chats.catch_up(phone)
    await shop.services.orders.finish(ann.id, order.id)
    await shop.age(order, 6 * 86_400)
    await shop.execute("update deliveries set created_at = created_at - interval '6 days'")
    await shop.services.retention.purge()
    await chats.catch_up(phone)
    assert "482913" not in phone.chat[live.id].html


async def test_what_has_ended_is_walked_through_some_at_a_time(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "WALK", 2)
    orders = [await shop.place(ann) for _ in range(5)]
    for order in orders:
        await chats.following.look_at_orders([order.id])
        await shop.services.orders.cancel(ann.id, order.id)
        await shop.age(order, 25 * 3600)
    await phone.look()
    await shop.services.retention.purge()
    look = chats.following
    assert [await look.look_for_what_has_ended() for _ in range(4)] == [2, 2, 1, 0]
