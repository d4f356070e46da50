"""The one message that follows an order, a code's own message, and what becomes of both."""

from datetime import timedelta

import pytest

from jiema_app.bot.order_message import OrderMessages
from jiema_app.domain.telegram.calls import TEXT_MAX
from tests.support.phone import CODE_TEXT, Chats, Phone, Shown, placed
from tests.support.shop import Customer, Shop


async def test_an_order_of_the_web_has_one_message_in_the_chat(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    seen = len(phone.chat)
    assert f"<code>{order.phone}</code>" in live.html
    assert "Time left: 15 minutes" in live.text
    assert live.is_silent
    assert live.labels == ["Copy number", "Cancel and get a refund"]
    for _ in range(3):
        await chats.following.look_at_orders([order.id])
        await chats.catch_up(phone)
    assert len(phone.chat) == seen


async def test_an_order_of_a_program_is_not_told(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order = await shop.place(ann)
    key = await shop.fetchval("select id from api_keys where user_id = $1", ann.id)
    await shop.execute("update orders set api_key_id = $2 where id = $1", order.id, key)
    seen = len(phone.chat)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen


async def test_the_code_is_edited_in_and_sounds_by_itself(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await chats.following.look_at_orders([order.id])
    await phone.look()
    now = phone.chat[live.id]
    assert "<code>482913</code>" in now.html
    assert CODE_TEXT in now.text
    assert "Get another code" in " ".join(now.labels)
    assert now.button("Copy code")["copy_text"] == {"text": "482913"}
    assert phone.last.id != live.id
    assert "<code>482913</code>" in phone.last.html
    assert not phone.last.is_silent


async def test_no_code_and_no_number_ever_stands_in_a_row_of_deliveries(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, _ = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await phone.say(f"/order {order.id}")
    await chats.following.look_at_orders([order.id])
    rows = await shop.fetchval("select string_agg(d::text, '|') from deliveries d")
    assert order.id in rows
    assert "482913" not in rows
    assert order.phone is not None
    assert order.phone not in rows


async def test_a_second_code_is_asked_for_by_the_button(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await chats.catch_up(phone)
    await phone.press("Get another code", phone.chat[live.id])
    assert "Waiting for the next code" in phone.chat[live.id].text
    await shop.deliver(order, "Code 771200")
    await chats.catch_up(phone)
    assert "<code>771200</code>" in phone.last.html
    assert "<code>771200</code>" in phone.chat[live.id].html


async def test_cancelling_asks_first_and_tells_the_refund(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    _, live = await placed(shop, chats, ann, phone)
    await phone.press("Cancel and get a refund", live)
    assert "Cancel this order?" in phone.chat[live.id].text
    await phone.press("Keep waiting", phone.chat[live.id])
    assert "Waiting for the code" in phone.chat[live.id].text
    await phone.press("Cancel and get a refund", phone.chat[live.id])
    await phone.press("Cancel order", phone.chat[live.id])
    await chats.catch_up(phone)
    ended = phone.chat[live.id]
    assert "You cancelled this order" in ended.text
    assert "has gone back to your balance" in ended.text
    assert await shop.balance(ann) == 50_000_000
    await phone.press("Buy again", ended)
    assert "Price: $" in phone.last.text
    assert phone.last.id != live.id


async def test_a_code_that_comes_while_they_think_is_not_cancelled(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await phone.press("Cancel and get a refund", live)
    asked = phone.chat[live.id]
    await shop.deliver(order, CODE_TEXT)
    await phone.press("Cancel order", asked)
    assert "can't be refunded" in phone.answers[-1]["text"]
    assert phone.answers[-1]["show_alert"]
    assert "<code>482913</code>" in phone.chat[live.id].html


async def test_finishing_asks_first(shop: Shop, chats: Chats, ann: Customer, phone: Phone) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await chats.catch_up(phone)
    await phone.press("Finish", phone.chat[live.id])
    await phone.press("Finish order", phone.chat[live.id])
    assert "You finished this order" in phone.chat[live.id].text


async def test_time_that_passes_is_told_at_sensible_times_only(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    for passed, left in ((200, None), (150, "9 minutes"), (260, "5 minutes"), (210, "1 minute")):
        await shop.age(order, passed)
        behind = await chats.following.look_for_what_is_behind()
        assert behind == (0 if left is None else 1)
        row = await shop.fetchrow("select * from deliveries where kind = 'order.live'")
        if left is not None:
            assert (row["state"], row["priority"]) == ("QUEUED", 5)
            assert row["expires_at"] - row["created_at"] < timedelta(minutes=2)
        await phone.look()
        assert left is None or f"Time left: {left}" in phone.chat[live.id].text


async def test_what_is_forgotten_is_taken_out_of_every_message(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await chats.catch_up(phone)
    own = phone.last
    shown = await phone.say(f"/order {order.id}")
    assert "482913" in shown.text
    await shop.services.orders.finish(ann.id, order.id)
    await shop.age(order, 25 * 3600)
    await shop.services.retention.purge()
    await chats.catch_up(phone)
    assert own.id not in phone.chat
    for message in phone.chat.values():
        assert "482913" not in message.html
        assert order.phone is not None
        assert order.phone not in message.html
    assert "have been deleted" in phone.chat[live.id].text
    assert "have been deleted" in phone.chat[shown.id].text


async def test_a_code_that_is_too_old_to_be_deleted_is_emptied(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, _ = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await chats.catch_up(phone)
    own = phone.last
    await shop.execute("update deliveries set created_at = created_at - interval '2 days'")
    await shop.services.orders.finish(ann.id, order.id)
    await shop.age(order, 25 * 3600)
    await shop.services.retention.purge()
    await chats.catch_up(phone)
    assert phone.chat[own.id].text == "This code has been deleted."


async def test_a_message_that_its_owner_took_away_is_sent_anew(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    del phone.chat[live.id]
    await shop.deliver(order, CODE_TEXT)
    await chats.catch_up(phone)
    holding = [one for one in phone.chat.values() if "482913" in one.text]
    assert len(holding) == 2
    assert live.id not in phone.chat


async def test_of_what_is_forgotten_nothing_is_sent_anew(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await shop.services.orders.cancel(ann.id, order.id)
    del phone.chat[live.id]
    await chats.catch_up(phone)
    await shop.age(order, 25 * 3600)
    await shop.services.retention.purge()
    seen = len(phone.chat)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen


async def test_who_wants_no_notices_gets_none_and_still_sees_what_they_buy(
    shop: Shop, chats: Chats, phone: Phone
) -> None:
    await phone.say("/settings")
    await phone.press("🔔 Orders")
    assert phone.last.button("🔕 Orders")
    await phone.say("tg my")
    await phone.press("Buy for")
    number = await shop.fetchval("select phone from orders")
    assert number in phone.last.text
    seen = len(phone.chat)
    await chats.catch_up(phone)
    assert len(phone.chat) == seen


async def test_what_they_asked_to_see_is_forgotten_too(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    """Of an order that nothing follows by itself: a program's, or of who wants no notices."""
    await phone.say("/settings")
    await phone.press("🔔 Orders")
    order = await shop.place(ann)
    await shop.deliver(order, CODE_TEXT)
    shown = await phone.say(f"/order {order.id}")
    assert "482913" in shown.text
    seen = len(phone.chat)
    await shop.services.orders.finish(ann.id, order.id)
    await shop.age(order, 25 * 3600)
    await shop.services.retention.purge()
    await chats.catch_up(phone)
    assert "482913" not in phone.chat[shown.id].html
    assert len(phone.chat) == seen


async def test_a_chat_that_is_blocked_gets_nothing_and_catches_up_when_it_is_not(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    await shop.execute("update telegram_chats set state = 'BLOCKED'")
    order = await shop.place(ann)
    await chats.following.look_at_orders([order.id])
    await chats.catch_up(phone)
    assert await shop.fetchval("select count(*) from deliveries where kind = 'order.live'") == 0
    await shop.execute("update telegram_chats set state = 'OPEN'")
    await chats.catch_up(phone)
    assert order.phone is not None
    assert order.phone in phone.last.text


async def test_what_met_a_blocked_chat_is_sent_when_it_is_open_again(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await shop.deliver(order, CODE_TEXT)
    await chats.following.look_at_orders([order.id])
    await shop.execute(
        "update deliveries set state = 'GONE', settled_at = now() where state = 'QUEUED'"
    )
    await chats.catch_up(phone)
    assert "482913" in phone.chat[live.id].text
    await shop.services.orders.finish(ann.id, order.id)
    await shop.age(order, 25 * 3600)
    await shop.services.retention.purge()
    await chats.following.look_for_what_has_ended()
    await shop.execute(
        "update deliveries set state = 'GONE', settled_at = now() where state = 'QUEUED'"
    )
    await chats.catch_up(phone)
    assert all("482913" not in one.html for one in phone.chat.values())


async def test_nobody_sees_or_changes_an_order_of_somebody_else(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    order, _ = await placed(shop, chats, ann, phone)
    eve = await chats.start(666)
    told = await eve.say(f"/order {order.id}")
    unknown = await eve.say("/order c000000000000000000000000")
    assert told.text == unknown.text
    await eve.say(f"/start order_{order.id}")
    assert eve.last.text == unknown.text
    for word in ("o", "oc", "ocy", "on", "of", "ofy"):
        await eve.press_data(f"1:{word}:{order.id}", eve.last)
        assert "doesn't exist" in eve.answers[-1]["text"]
    assert (await shop.read(ann, order)).is_open
    assert order.phone is not None
    assert all(order.phone not in one.html for one in eve.chat.values())


async def test_open_orders_stand_first_in_the_list(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone
) -> None:
    first, _ = await placed(shop, chats, ann, phone)
    for _ in range(9):
        later = await shop.place(ann)
        await shop.services.orders.cancel(ann.id, later.id)
    listed = await phone.say("/orders")
    assert listed.labels[0].startswith("⏳")
    assert len(listed.labels) == 10
    await phone.press(listed.labels[0])
    assert first.phone is not None
    assert first.phone in phone.last.text
    await phone.press("Older orders", listed)
    assert phone.chat[listed.id].labels


@pytest.mark.parametrize(
    "body",
    [
        "<b>4829</b> & <script>alert(1)</script>",
        "\u202e4829 \u200f" + "😀" * 400 + "<" * 700,
        "کد شما 482913 است",
        "\x00\x07 code",
    ],
)
async def test_an_sms_of_any_shape_is_shown_as_it_is(
    shop: Shop, chats: Chats, ann: Customer, phone: Phone, body: str
) -> None:
    order, live = await placed(shop, chats, ann, phone)
    await shop.deliver(order, body.replace("\x00", ""))
    await chats.catch_up(phone)
    html = phone.chat[live.id].html
    assert "<script>" not in html
    assert "&lt;" in html or "<" not in body


async def test_a_message_of_an_order_with_many_long_texts_fits(shop: Shop, ann: Customer) -> None:
    order = await shop.place(ann)
    for n in range(4):
        await shop.deliver(order, f"{n} {'<&>' * 300}")
        view = await shop.read(ann, order)
        if view.status == "RECEIVED" and n < 3:
            await shop.services.orders.ask_next_sms(ann.id, order.id)
    view = await shop.read(ann, order)
    html, _ = OrderMessages(3).live(
        view,
        locale="ar",
        catalog=shop.services.live_catalog.current,
        now=shop.services.clock.now(),
    )
    assert len(Shown(0, html, []).text) <= TEXT_MAX
