"""Buying a number in the chat: by buttons, by typing, and what stands in the way."""

import pytest

from jiema_app.domain.catalog.snapshot import build_catalog
from tests.support.phone import Chats, Phone, Shown
from tests.support.shop import Shop

ORDERS = "select count(*) from orders where phone is not null"


async def choose(phone: Phone) -> None:
    """Come to the question whether to buy a number of Malaysia for Telegram."""
    await phone.say("telegram malaysia")


async def test_by_buttons_from_the_first_words_to_a_number(
    shop: Shop, chats: Chats, ada: Phone
) -> None:
    await ada.press("Buy a number")
    await ada.press("Telegram")
    assert "Which country should the number be from?" in ada.last.text
    await ada.press("Cheapest first")
    await ada.press(ada.last.labels[0])
    assert "Price: $" in ada.last.text
    await ada.press("Buy for")
    assert "Ordered for" in ada.last.text
    assert await shop.fetchval(ORDERS) == 1
    await chats.catch_up(ada)
    phone = await shop.fetchval("select phone from orders")
    assert f"<code>{phone}</code>" in ada.last.html
    assert "Waiting for the code" in ada.last.text


@pytest.mark.parametrize(
    "typed",
    ["telegram malaysia", "tg my", "Malaysia telegram", "电报 马来西亚", "телеграм малайзия"],
)
async def test_typing_a_service_and_a_country_leads_to_its_price(ada: Phone, typed: str) -> None:
    await ada.say(typed)
    assert "Telegram · 🇲🇾 Malaysia" in ada.last.text
    assert ada.last.button("Buy for $")


async def test_a_command_takes_what_is_typed_behind_it(ada: Phone) -> None:
    await ada.say("/buy telegram malaysia")
    assert "Telegram · 🇲🇾 Malaysia" in ada.last.text


async def test_several_meanings_are_offered(ada: Phone) -> None:
    await ada.say("ma")
    assert "Did you mean one of these?" in ada.last.text
    assert len(ada.last.buttons) > 2


async def test_a_country_alone_leads_to_its_services(ada: Phone) -> None:
    await ada.press_data("1:k:7", await ada.say("/buy"))
    assert "Malaysia" in ada.last.text
    assert any("Telegram" in label for label in ada.last.labels)


@pytest.mark.parametrize(
    "typed", ["qqzzxx", "¯\\_(ツ)_/¯", "😀" * 50, "<b>&amp;" * 500, "\u202e abc"]
)
async def test_what_nobody_is_called_leads_to_the_services(ada: Phone, typed: str) -> None:
    await ada.say(typed)
    assert "Which service is it for?" in ada.last.text or "Did you mean" in ada.last.text


async def test_pages_of_services_and_countries_lead_on_and_back(ada: Phone) -> None:
    first = (await ada.say("/buy")).labels
    assert (await ada.press("▶️")).labels != first
    assert (await ada.press("◀️")).labels == first


async def test_a_button_pressed_twice_buys_once(shop: Shop, ada: Phone) -> None:
    await choose(ada)
    message = ada.last
    await ada.press_data(message.button("Buy for")["callback_data"], message, times=3)
    assert await shop.fetchval(ORDERS) == 1


async def test_showing_it_again_is_another_purchase(shop: Shop, ada: Phone) -> None:
    for _ in range(2):
        await choose(ada)
        await ada.press("Buy for")
    assert await shop.fetchval(ORDERS) == 2


async def test_only_who_was_admitted_of_late_buys_in_a_chat(shop: Shop, ada: Phone) -> None:
    await choose(ada)
    asked = ada.last
    await shop.execute("update telegram_chats set place_checked_at = now() - interval '31 days'")
    await ada.press("Buy for", asked)
    assert "open the app once" in ada.last.text
    assert ada.last.button("Open the app")["web_app"]["url"].endswith("/tg?lang=en")
    await choose(ada)
    assert "open the app once" in ada.last.text
    assert await shop.fetchval(ORDERS) == 0


async def test_a_price_from_a_while_ago_is_shown_anew(shop: Shop, ada: Phone) -> None:
    await choose(ada)
    ada.last.sent_at = ada.last.sent_at.replace(year=2020)
    await ada.press("Buy for")
    assert await shop.fetchval(ORDERS) == 0
    assert ada.last.button("Buy for")


async def test_a_price_that_rose_is_told_and_not_paid(shop: Shop, ada: Phone) -> None:
    await choose(ada)
    asked = ada.last
    data = asked.button("Buy for")["callback_data"].split(":")
    data[4] = "1"
    await ada.press_data(":".join(data), asked)
    assert "The price is now $" in ada.last.text
    assert await shop.fetchval(ORDERS) == 0


async def test_a_sold_out_route_is_told_with_the_way_on(shop: Shop, ada: Phone) -> None:
    await choose(ada)
    await shop.supplier.offer("tg", 7, 0.1, 0)
    await ada.press("Buy for")
    assert "weren't charged" in ada.last.text
    assert ada.last.button("Other countries")
    assert await shop.fetchval(ORDERS) == 0


async def test_too_little_money_leads_to_a_top_up(shop: Shop, chats: Chats) -> None:
    phone = await chats.known(await shop.customer(cents=0))
    await choose(phone)
    assert not [label for label in phone.last.labels if label.startswith("Buy for")]
    assert phone.last.button("Top up 1.00 USDT")


async def test_money_that_is_gone_meanwhile_is_told_and_the_wish_kept(
    shop: Shop, chats: Chats
) -> None:
    price = (await shop.place(await shop.customer())).price_cents
    ann = await shop.customer(cents=price)
    phone = await chats.known(ann)
    await choose(phone)
    asked = phone.last
    await shop.place(ann)
    await phone.press("Buy for", asked)
    assert "your balance is $0.00" in asked_now(phone, asked).text
    assert asked_now(phone, asked).button("Top up")


def asked_now(phone: Phone, message: Shown) -> Shown:
    return phone.chat[message.id]


async def test_the_limit_of_open_orders_is_told(shop: Shop, chats: Chats) -> None:
    ann = await shop.customer(cents=50_000)
    phone = await chats.known(ann)
    for _ in range(shop.settings.limits.open_orders):
        await shop.place(ann)
    await choose(phone)
    await phone.press("Buy for")
    assert "You've reached the limit for now" in phone.last.text
    assert phone.last.button("Check again")


async def test_favourites_and_recent_ones_stand_first(shop: Shop, ada: Phone) -> None:
    await choose(ada)
    await ada.press("Add to favourites")
    assert ada.last.button("Remove from favourites")
    await ada.press("Buy for")
    await ada.say("/buy")
    assert ada.last.labels[0].startswith("⭐ Telegram")
    await ada.press("⭐")
    await ada.press("Remove from favourites")
    await ada.say("/buy")
    assert ada.last.labels[0].startswith("🕘 Telegram")


async def test_a_link_of_an_inline_result_leads_to_its_route(ada: Phone) -> None:
    results = await ada.ask("telegram malaysia")
    start = results[0]["reply_markup"]["inline_keyboard"][0][0]["url"].partition("start=")[2]
    await ada.say(f"/start {start}")
    assert "Telegram · 🇲🇾 Malaysia" in ada.last.text
    # In the language of who asks: not for others.
    assert ada.asked["is_personal"]
    everything = await ada.ask("")
    assert len(everything) > 10
    assert all(len(one["id"]) <= 64 for one in everything)


async def test_without_a_catalogue_nothing_breaks(shop: Shop, ada: Phone) -> None:
    live = shop.services.live_catalog
    full = live.current
    live.current = build_catalog(shop.services.clock.now())
    try:
        for text in ("/buy", "telegram", "/start buy_tg_7"):
            await ada.say(text)
            assert ada.last.text
        assert await ada.ask("telegram") == []
    finally:
        live.current = full


async def test_a_supplier_that_fails_is_told_with_the_way_on(shop: Shop, ada: Phone) -> None:
    await choose(ada)
    await shop.supplier.fault("*", "http500", rate=1)
    await ada.press("Buy for")
    assert await shop.fetchval(ORDERS) == 0
    assert "You can't buy numbers right now" in ada.last.text
    assert ada.last.button("Check again")


async def test_changes_in_the_chat_are_counted_and_beyond_their_limit_none_is_made(
    shop: Shop, ada: Phone
) -> None:
    await choose(ada)
    data = ada.last.button("Buy for")["callback_data"]
    for number in range(10):
        await ada.press_data(f"1:f:tg:7:{number % 2}", ada.last)
    for pressed in (data, "1:ta:2500", "1:nk:orders:0", "1:ls:de", "1:f:tg:7:0"):
        await ada.press_data(pressed, ada.last)
    await ada.say("/topup 25")
    assert "You've reached the limit for now." in ada.last.text
    assert await shop.fetchval(ORDERS) == 0
    assert await shop.fetchval("select count(*) from recharges") == 0
    assert await shop.fetchval("select notify_orders and lang = 'en' from telegram_chats, users")
    assert await shop.fetchval("select count(*) from favourites") == 1
