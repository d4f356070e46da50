"""Who may buy in a chat: whoever's address was seen of late where addresses are seen."""

import asyncio
from contextlib import suppress

import pytest

from jiema_app.bot import doors
from jiema_app.bot.dispatch import COMMANDS, PRESSES
from jiema_app.domain.compliance.actions import OF_BLOCKED_PLACES, Action
from jiema_app.domain.identity.provider import Provider
from jiema_app.settings import GeoSettings, Settings
from tests.api.asking import IRAN
from tests.api.conftest import TRUSTED_PROXY
from tests.api.test_shop_orders import SCRIPT, click, sign_in
from tests.support.phone import Chats, Phone
from tests.support.shop import Shop

ASKED = "Before you buy in this chat, open the app once."
ASKED_TO_CONFIRM = "Before you confirm, open the app once."
BOUGHT = "select count(*) from orders"


@pytest.fixture
def settings() -> Settings:
    """With a proxy in front, which tells addresses."""
    return Settings(geo=GeoSettings(trusted_proxies=(f"{TRUSTED_PROXY}/32",)))


async def may_buy(phone: Phone) -> bool:
    await phone.say("telegram malaysia")
    return any(label.startswith("Buy for") for label in phone.last.labels)


async def test_a_newcomer_may_not_before_they_sign_in_on_the_web(shop: Shop) -> None:
    phone = Phone(shop, 700)
    await phone.say("/start")
    assert not await may_buy(phone)
    await shop.services.sign_in.with_identity(
        Provider.TELEGRAM, "https://telegram.org", "700", lang="en", user_agent="Firefox"
    )
    assert await may_buy(phone)


async def test_buying_on_the_web_counts_and_trying_from_a_blocked_place_does_not(
    shop: Shop, chats: Chats
) -> None:
    ann = await shop.customer()
    phone = await chats.known(ann)
    await shop.execute("update telegram_chats set place_checked_at = null")
    browser = await sign_in(shop, ann)
    where = SCRIPT | {"X-Forwarded-For": IRAN}
    assert (await click(shop, browser, headers=where)).status_code == 403
    assert not await may_buy(phone)
    assert (await click(shop, browser)).status_code == 200
    assert await may_buy(phone)
    assert (await click(shop, browser, headers=where)).status_code == 403
    assert not await may_buy(phone)
    assert (await click(shop, browser)).status_code == 200
    assert await may_buy(phone)


async def test_a_purchase_that_is_handled_again_after_a_crash_is_made_once(
    shop: Shop, ada: Phone
) -> None:
    """The worker died between the purchase and the transaction that marks the update handled."""
    await ada.say("telegram malaysia")
    asked = ada.last
    data = asked.button("Buy for")["callback_data"]
    for _ in range(3):
        await ada.lose_press(data, asked)
    await ada.press_data(data, asked)
    assert await shop.fetchval(BOUGHT) == 1
    assert "Ordered for" in ada.chat[asked.id].text


def test_every_command_and_every_button_is_behind_a_door() -> None:
    assert doors.OF_COMMANDS.keys() == COMMANDS.keys()
    assert doors.OF_PRESSES.keys() == PRESSES.keys()
    assert doors.action_of_command("something new", "") is Action.UNKNOWN


@pytest.mark.parametrize("word", sorted(PRESSES))
async def test_a_button_does_not_what_its_action_may_not_where_the_place_is_unknown(
    shop: Shop, ada: Phone, word: str
) -> None:
    await shop.execute("update telegram_chats set place_checked_at = null")
    await ada.press_data(f"1:{word}:tg:7:99:1", ada.last)
    is_asked = ada.last.text.startswith((ASKED, ASKED_TO_CONFIRM))
    assert is_asked == (doors.OF_PRESSES[word] not in OF_BLOCKED_PLACES)


@pytest.mark.parametrize("typed", ["/topup", "/topup 25", "/start topup"])
async def test_nobody_tops_up_where_the_place_is_unknown(
    shop: Shop, ada: Phone, typed: str
) -> None:
    await shop.execute("update telegram_chats set place_checked_at = null")
    await ada.say(typed)
    assert ASKED in ada.last.text
    assert await shop.fetchval("select count(*) from recharges") == 0


@pytest.mark.parametrize("command", sorted(COMMANDS))
async def test_a_command_does_not_what_its_action_may_not_where_the_place_is_unknown(
    shop: Shop, ada: Phone, command: str
) -> None:
    await shop.execute("update telegram_chats set place_checked_at = null")
    await ada.say(f"/{command}")
    is_asked = ada.last.text.startswith((ASKED, ASKED_TO_CONFIRM))
    assert is_asked == (doors.OF_COMMANDS[command] not in OF_BLOCKED_PLACES)


async def test_who_is_banned_is_told_so_and_not_to_show_their_place(shop: Shop, ada: Phone) -> None:
    await shop.execute("update telegram_chats set place_checked_at = null")
    await shop.execute("update users set banned_at = now()")
    await ada.say("/topup 25")
    assert ASKED not in ada.last.text


async def test_a_purchase_whose_update_is_cut_off_is_brought_to_its_end(
    shop: Shop, ada: Phone
) -> None:
    await ada.say("telegram malaysia")
    asked = ada.last
    data = asked.button("Buy for")["callback_data"]
    await shop.supplier.behave(latencyMs=1_000)
    cut = asyncio.create_task(ada.lose_press(data, asked))
    while not await shop.fetchval(BOUGHT):  # noqa: ASYNC110 - it is another's doing
        await asyncio.sleep(0.01)
    cut.cancel()
    with suppress(asyncio.CancelledError):
        await cut
    assert await shop.fetchval("select status from orders") == "RESERVED"
    await ada.press_data(data, asked)
    assert "Ordered for" in ada.chat[asked.id].text
    assert await shop.fetchval("select count(*) from orders where phone is not null") == 1
