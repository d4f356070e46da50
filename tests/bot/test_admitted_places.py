"""Who may buy in a chat: whoever's address was seen of late where addresses are seen."""

import pytest

from jiema_app.domain.identity.provider import Provider
from jiema_app.settings import GeoSettings, Settings
from tests.api.asking import IRAN
from tests.api.conftest import TRUSTED_PROXY
from tests.api.test_shop_orders import SCRIPT, click, sign_in
from tests.support.phone import Chats, Phone
from tests.support.shop import Shop

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
