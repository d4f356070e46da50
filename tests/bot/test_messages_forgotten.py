"""What no message about an order holds: what is forgotten, what is too long, what the banned may not see."""

from dataclasses import replace
from html import unescape

import pytest

from jiema_app.bot.order_message import OrderMessages
from jiema_app.bot.words import safe
from jiema_app.domain.telegram.calls import TEXT_MAX
from tests.support.phone import CODE_TEXT, TAG, Chats, Phone, placed
from tests.support.shop import Customer, Shop


async def test_who_is_banned_reads_no_code_and_what_is_forgotten_goes_all_the_same(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await shop.services.identity.ban(ann.id, actor="test", reason="Chargebacks")
    await shop.deliver(order, CODE_TEXT)
    seen = len(phone.chat)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen
    assert order.phone is not None
    for message in phone.chat.values():
        assert "482913" not in message.html
        assert order.phone not in message.html
    assert "can't serve this account" in phone.chat[live.id].text
    assert phone.chat[live.id].buttons == []


async def test_the_codes_of_who_was_banned_later_are_forgotten(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, _ = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await chats.catch_up(phone)
    await shop.services.orders.finish(ann.id, order.id)
    await shop.services.identity.ban(ann.id, actor="test", reason="Chargebacks")
    await shop.age(order, 25 * 3600)
    await shop.services.retention.purge()
    await chats.catch_up(phone)
    assert order.phone is not None
    assert all("482913" not in one.html for one in phone.chat.values())
    assert all(order.phone not in one.html for one in phone.chat.values())


async def test_what_was_refused_is_forgotten_by_a_later_try(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, _ = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await chats.catch_up(phone)
    await shop.services.orders.finish(ann.id, order.id)
    await shop.age(order, 25 * 3600)
    await shop.services.retention.purge()
    await chats.following.look_for_what_has_ended()
    await shop.execute(
        "update deliveries set state = 'FAILED', error = 'status 400', "
        "settled_at = now() - interval '2 hours' where state = 'QUEUED'"
    )
    await chats.catch_up(phone)
    assert any("482913" in one.html for one in phone.chat.values())
    await chats.following.look_for_what_was_left()
    await phone.look()
    assert all("482913" not in one.html for one in phone.chat.values())


async def test_what_is_refused_for_ever_is_not_tried_for_ever(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, _ = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await chats.catch_up(phone)
    await shop.services.orders.finish(ann.id, order.id)
    await shop.age(order, 25 * 3600)
    await shop.services.retention.purge()
    await chats.following.look_for_what_has_ended()
    tries = 0
    for _ in range(10):
        await shop.execute(
            "update deliveries set state = 'FAILED', settled_at = now() - interval '2 hours' "
            "where state = 'QUEUED'"
        )
        tries += await chats.following.look_for_what_was_left()
    assert tries == 7


async def test_who_was_away_for_a_week_has_nothing_left_when_they_are_back(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, _ = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await chats.catch_up(phone)
    await phone.say(f"/order {order.id}")
    await shop.services.orders.finish(ann.id, order.id)
    await shop.execute("update telegram_chats set state = 'BLOCKED'")
    await shop.age(order, 25 * 3600)
    await shop.services.retention.purge()
    await shop.execute(
        "update deliveries set created_at = created_at - interval '7 days', "
        "settled_at = settled_at - interval '7 days'"
    )
    await shop.services.deliveries.sweep()
    await shop.execute("update telegram_chats set state = 'OPEN'")
    await chats.following.look_for_what_has_ended()
    await chats.following.look_for_what_was_left()
    await phone.look()
    assert order.phone is not None
    assert all("482913" not in one.html for one in phone.chat.values())
    assert all(order.phone not in one.html for one in phone.chat.values())


async def test_a_message_of_unknown_fate_is_followed_once_a_button_of_it_is_pressed(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await shop.execute(
        "update deliveries set state = 'UNKNOWN', message_id = null, error = 'answer lost' "
        "where kind = 'order.live'"
    )
    await phone.press("Cancel and get a refund", live)
    await phone.press("Keep waiting", phone.chat[live.id])
    seen = len(phone.chat)
    await shop.services.orders.cancel(ann.id, order.id)
    await shop.age(order, 25 * 3600)
    await shop.services.retention.purge()
    await chats.catch_up(phone)
    assert order.phone is not None
    assert order.phone not in phone.chat[live.id].html
    assert len(phone.chat) == seen


@pytest.mark.parametrize("body", ["😀" * 1_150, "<&>" * 500, "😀a" * 900])
async def test_whoever_writes_to_the_number_cannot_make_the_message_too_long(
    shop: Shop, ann: Customer, body: str
) -> None:
    order = await shop.place(ann)
    await shop.deliver(order, body)
    view = await shop.read(ann, order)
    assert len(view.sms) == 1
    texts = [replace(view.sms[0], body=f"{n} {body}", code=f"{n}" * 6) for n in range(7)]
    html, _ = OrderMessages(3).live(
        replace(view, sms=tuple(texts)),
        locale="ar",
        catalog=shop.services.live_catalog.current,
        now=shop.services.clock.now(),
    )
    text = TAG.sub("", html)
    assert len(unescape(text).encode("utf-16-le")) // 2 <= TEXT_MAX
    # The newest is there, and every code that is shown at all.
    assert f"<blockquote>6 {safe(body[:20])}" in html
    assert all(f"<code>{str(n) * 6}</code>" in html for n in range(2, 7))
