"""Asking Telegram for updates where it does not reach us."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import httpx
import pytest

from jiema_app.domain.notifications.sender import TransportAway
from jiema_app.domain.telegram.inbox import UpdateInbox
from jiema_app.integrations.telegram import request as requests
from jiema_app.integrations.telegram.api import open_bot
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


async def test_an_answer_that_is_too_long_is_asked_for_in_parts(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "ANSWER_MAX_BYTES", 20_000)
    waiting = [
        {"update_id": number, "message": {"chat": {"id": 7}, "text": "x" * 1_000}}
        for number in range(1, 31)
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        asked = {
            name: int(value)
            for name, value in parse_qsl(request.content.decode())
            if name in {"offset", "limit"}
        }
        due = [one for one in waiting if int(str(one["update_id"])) >= asked.get("offset", 0)]
        return httpx.Response(200, json={"ok": True, "result": due[: asked["limit"]]})

    account = shop.settings.bot
    assert account is not None
    async with open_bot(account, httpx.MockTransport(answer)) as api:
        mine = UpdatePolling(api, UpdateInbox(shop.services.database))
        for _ in range(2):
            with pytest.raises(TransportAway):
                await mine.run(datetime.now(UTC))
        await mine.run(datetime.now(UTC))
    assert await shop.fetchval(KEPT) == 30


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
