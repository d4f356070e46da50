"""A tab may say that it is at any address: what it shows there is in words that we have."""

from typing import Any

import pytest

from jiema_app.site.account.api_keys.state import ApiKeysState
from jiema_app.site.account.orders.state import OrdersPage
from jiema_app.site.account.overview.state import AccountState
from jiema_app.site.account.statement.state import StatementState
from jiema_app.site.states.visitor import Session
from tests.support.shop import Shop
from tests.support.visits import Pages, sign_in

SHOWN = {
    Session: ("", "$49."),
    AccountState: ("account", "Telegram"),
    ApiKeysState: ("account/keys", "test"),
    OrdersPage: ("orders", "Telegram"),
    StatementState: ("account/statement", "Telegram"),
}
"""Of each page its address behind the language, and something that it shows in English."""


@pytest.mark.parametrize("language", ["xx", "EN", "zh-Hans-xx", "%00", "..", "²", "x" * 500])
async def test_a_language_that_there_is_not_is_read_as_english(
    shop: Shop, pages: Pages, language: str
) -> None:
    ann = await shop.customer()
    await shop.place(ann)
    browser = await sign_in(shop, pages, ann.id)
    for state, (place, words) in SHOWN.items():
        page: Any = await browser.open(state, f"/{language}/{place}")
        assert words in str(page.dict()), state
