"""Asking Telegram for updates where it does not reach us."""

from datetime import UTC, datetime

import pytest

from jiema_app.domain.notifications.sender import TransportAway
from jiema_app.domain.telegram.inbox import UpdateInbox
from jiema_app.integrations.telegram.polling import UpdatePolling
from jiema_app.integrations.telegram.setup import set_webhook
from tests.support.messenger import ANN, Messenger
from tests.support.shop import Shop

KEPT = "select count(*) from telegram_updates"


def polling(messenger: Messenger, shop: Shop) -> UpdatePolling:
    return UpdatePolling(messenger.api, UpdateInbox(shop.services.database))


async def test_what_waits_is_fetched_once(messenger: Messenger, shop: Shop) -> None:
    # Three have started the bot.
    mine = polling(messenger, shop)
    await mine.run(datetime.now(UTC))
    assert await shop.fetchval(KEPT) == 3
    await messenger.control("message", {"from": ANN, "text": "hello"})
    await mine.run(datetime.now(UTC))
    assert await shop.fetchval(KEPT) == 4


async def test_whoever_polls_anew_keeps_nothing_twice(messenger: Messenger, shop: Shop) -> None:
    await polling(messenger, shop).run(datetime.now(UTC))
    await polling(messenger, shop).run(datetime.now(UTC))
    assert await shop.fetchval(KEPT) == 3


async def test_while_telegram_is_away_or_pushes_nothing_is_lost(
    messenger: Messenger, shop: Shop
) -> None:
    mine = polling(messenger, shop)
    messenger.take_down(60)
    with pytest.raises(TransportAway):
        await mine.run(datetime.now(UTC))
    messenger.take_down(0)
    await set_webhook(messenger.api, "http://127.0.0.1:1", "a-secret")
    with pytest.raises(TransportAway):
        await mine.run(datetime.now(UTC))
    await messenger.api.call("deleteWebhook", {})
    await mine.run(datetime.now(UTC))
    assert await shop.fetchval(KEPT) == 3
