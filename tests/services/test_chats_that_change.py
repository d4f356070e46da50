"""People who block, come back and delete chats, groups that move, and a Telegram that is away.

With the bot's own words and handlers, against the sandbox's Telegram.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from jiema_app.bot.registry import build_registry
from jiema_app.domain.notifications.sender import Sender, TransportAway
from jiema_app.domain.orders.statuses import OrderStatus
from jiema_app.domain.telegram.following import Following
from jiema_app.domain.telegram.handling import UpdateHandling
from jiema_app.domain.telegram.inbox import UpdateInbox
from jiema_app.integrations.telegram.polling import UpdatePolling
from tests.support.messenger import ANN, Messenger
from tests.support.phone import admit_write_of
from tests.support.shop import Customer, Shop

STATE = "select state from telegram_chats where telegram_id = $1"


class Bot:
    """The bot at work: what one worker does, step by step."""

    def __init__(self, messenger: Messenger) -> None:
        self.messenger, self.shop = messenger, messenger.shop
        registry = build_registry(self.shop.services, admit_write_of(self.shop))
        messenger.renderers.update(registry.renderers)
        messenger.settled.update(registry.settled)
        database = self.shop.services.database
        self.sender: Sender = messenger.sender()
        self.handling = UpdateHandling(database, "ann", registry.handler, registry.tell_failure)
        self.polling = UpdatePolling(messenger.api, UpdateInbox(database))
        self.following = Following(database)

    async def hear(self) -> None:
        """What was told is fetched and handled, and what comes of it sent."""
        await self.polling.run(datetime.now(UTC))
        await self.handling.run()
        await self.handling.finish(10)
        self.handling.is_stopping = False
        await self.messenger.send_all(self.sender)

    async def follow(self) -> None:
        await self.following.look_for_what_is_behind()
        await self.following.look_for_what_has_ended()

    async def user(self) -> Any:
        """The account that Ann has by now."""
        return await self.shop.fetchval(
            "select user_id from identities where provider = 'telegram' and subject = $1", str(ANN)
        )


@pytest.fixture
async def bot(messenger: Messenger) -> Bot:
    """A bot that has greeted three people."""
    made = Bot(messenger)
    await made.hear()
    return made


@pytest.fixture
async def buyer(bot: Bot, shop: Shop) -> Customer:
    """Ann, with money and a way to order."""
    customer = await shop.customer()
    await shop.execute("delete from identities where subject = $1", str(ANN))
    await shop.execute("update telegram_chats set user_id = null where telegram_id = $1", ANN)
    await shop.execute(
        "insert into identities (provider, subject, issuer, user_id) "
        "values ('telegram', $1, 'https://telegram.org', $2)",
        str(ANN),
        customer.id,
    )
    await shop.execute(
        "update telegram_chats set user_id = $2, place_checked_at = now() where telegram_id = $1",
        ANN,
        customer.id,
    )
    return customer


async def codes(messenger: Messenger) -> list[str]:
    return [words for words in await messenger.seen(ANN) if "482913" in words]


async def test_whoever_blocks_hears_nothing_and_whoever_comes_back_does(
    bot: Bot, messenger: Messenger, shop: Shop
) -> None:
    await messenger.control("block", {"user": ANN})
    await bot.hear()
    assert await shop.fetchval(STATE, ANN) == "BLOCKED"
    calls = len(messenger.calls)
    await messenger.say(ANN, "for nobody")
    await messenger.send_all(bot.sender)
    assert len(messenger.calls) == calls
    await messenger.control("block", {"user": ANN, "blocked": False})
    await bot.hear()
    assert await shop.fetchval(STATE, ANN) == "OPEN"
    await messenger.say(ANN, "welcome back")
    await messenger.send_all(bot.sender)
    assert (await messenger.seen(ANN))[-1] == "welcome back"


async def test_a_block_that_nobody_told_us_of_is_noticed_by_the_first_try(
    bot: Bot, messenger: Messenger, shop: Shop
) -> None:
    await messenger.control("block", {"user": ANN})
    await messenger.say(ANN, "first")
    await messenger.say(ANN, "second")
    await messenger.send_all(bot.sender)
    assert set((await messenger.states()).values()) >= {"GONE"}
    assert await shop.fetchval(STATE, ANN) == "BLOCKED"


async def test_a_code_comes_though_its_chat_was_deleted(
    bot: Bot, messenger: Messenger, shop: Shop, buyer: Customer
) -> None:
    order = await shop.place(buyer)
    await shop.execute("update orders set api_key_id = null")
    await bot.follow()
    await messenger.send_all(bot.sender)
    await messenger.control("delete-chat", {"user": ANN})
    await shop.deliver(order, "Your code is 482913")
    await bot.follow()
    await messenger.send_all(bot.sender)
    assert await codes(messenger)


async def test_a_group_that_becomes_a_supergroup_gets_what_was_meant_for_it(
    bot: Bot, messenger: Messenger, shop: Shop
) -> None:
    group = (await messenger.control("group", {"title": "Help"}))["chat"]
    moved = (await messenger.control("migrate", {"chat": group}))["newChat"]
    await messenger.say(group, "told by the old number")
    await messenger.send_all(bot.sender)
    assert await messenger.seen(moved) == ["told by the old number"]
    assert (
        await shop.fetchval("select new_id from telegram_moves where old_id = $1", group) == moved
    )
    calls = len(messenger.calls)
    await messenger.say(group, "again")
    await messenger.send_all(bot.sender)
    assert len(messenger.calls) == calls + 1


async def test_orders_go_on_while_telegram_is_away_and_their_messages_catch_up(
    bot: Bot, messenger: Messenger, shop: Shop, buyer: Customer
) -> None:
    messenger.take_down(7200)
    order = await shop.place(buyer)
    await shop.execute("update orders set api_key_id = null")
    await bot.follow()
    for _ in range(4):
        try:
            await bot.sender.run(datetime.now(UTC))
        except TransportAway:
            break
        await shop.execute("update deliveries set not_before = now() where state = 'QUEUED'")
    await shop.deliver(order, "Your code is 482913")
    assert (await shop.read(buyer, order)).status is OrderStatus.RECEIVED
    await bot.follow()
    with pytest.raises(TransportAway):
        await bot.sender.run(datetime.now(UTC))
    assert await codes(messenger) == []
    messenger.take_down(0)
    bot.sender._paused_until = 0.0
    await messenger.send_all(bot.sender)
    # The live message, which was never seen without the code, and the code's own.
    assert len(await codes(messenger)) == 2
    assert "editMessageText" not in messenger.calls
