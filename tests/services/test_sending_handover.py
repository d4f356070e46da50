"""Sending that changes hands: two senders at once, and a database that went away in between."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jiema_app.domain.notifications import queries
from jiema_app.domain.notifications.deliveries import Delivery, follow
from jiema_app.domain.notifications.sender import Sender
from jiema_app.domain.notifications.transport import ClaimedDelivery, Content
from jiema_app.domain.telegram import chats
from jiema_app.domain.transaction import DatabaseTrouble
from tests.support.messenger import ANN, BEN, CID, Messenger
from tests.support.shop import Shop
from tests.support.watched_database import Phase, WatchedDatabase

STEPS = {"mark": queries.MARK, "sent": queries.SENT, "end": queries.END}


async def follow_order(messenger: Messenger, revision: int) -> None:
    delivery = Delivery(str(ANN), "say", "order:1")
    async with messenger.shop.services.database.transaction() as connection:
        await follow(connection, delivery, revision)


def interrupted(messenger: Messenger, step: str, phase: Phase) -> Sender:
    """A sender whose database goes away once, at a step."""
    left = [step]

    def refuse(name: str, at: Phase) -> None:
        if (name, at) == (step, phase) and left:
            left.pop()
            raise DatabaseTrouble("a test")

    sender = messenger.sender("one")
    database = WatchedDatabase(sender.database, STEPS, refuse)
    sender.database = database
    sender.settling = replace(sender.settling, database=database)
    return sender


async def break_off(sender: Sender) -> None:
    """The run ends with the database's trouble, and somebody else has the lease."""
    with pytest.raises(DatabaseTrouble):
        await sender.run(datetime.now(UTC))


async def test_two_senders_at_once_send_nothing_twice(messenger: Messenger) -> None:
    for number in range(40):
        await messenger.say((ANN, BEN, CID)[number % 3], f"number {number}")
    first, second = messenger.sender("one"), messenger.sender("two")
    await asyncio.gather(messenger.send_all(first), messenger.send_all(second))
    seen = [words for person in (ANN, BEN, CID) for words in await messenger.seen(person)]
    assert sorted(seen) == sorted(f"number {number}" for number in range(40))
    # What one has under way the other takes for left behind; its answer says how it ended.
    assert set((await messenger.states()).values()) == {"SENT"}


async def test_whoever_was_slow_making_words_sends_nothing_that_was_sent_meanwhile(
    messenger: Messenger,
) -> None:
    real = messenger.renderers["say"]
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(delivery: ClaimedDelivery) -> Content | None:
        if not begun.is_set():
            begun.set()
            await may_end.wait()
        return await real(delivery)

    messenger.renderers["say"] = slow
    await follow_order(messenger, 1)
    first, second = messenger.sender("one"), messenger.sender("two")
    run = asyncio.create_task(first.run(datetime.now(UTC)))
    await begun.wait()
    await messenger.send_all(second)
    await follow_order(messenger, 2)
    may_end.set()
    await run
    await first.finish(5)
    await messenger.send_all(second)
    assert await messenger.seen(ANN) == ["revision 2"]
    assert messenger.calls.count("sendMessage") == 1


async def test_what_was_sent_and_could_not_be_written_is_known_after_another_has_the_lease(
    messenger: Messenger,
) -> None:
    first, second = interrupted(messenger, "sent", Phase.BEFORE), messenger.sender("two")
    await follow_order(messenger, 1)
    await break_off(first)
    await messenger.send_all(second)
    assert await messenger.states() == {"order:1": "UNKNOWN"}
    await first.catch_up()
    assert await messenger.states() == {"order:1": "SENT"}
    await follow_order(messenger, 2)
    await messenger.send_all(second)
    assert await messenger.seen(ANN) == ["revision 2"]
    assert messenger.calls.count("sendMessage") == 1


async def test_what_was_handed_to_nobody_is_sent_by_whoever_has_the_lease(
    messenger: Messenger,
) -> None:
    first, second = interrupted(messenger, "mark", Phase.STORED), messenger.sender("two")
    await follow_order(messenger, 1)
    await break_off(first)
    await messenger.send_all(second)
    assert await messenger.states() == {"order:1": "UNKNOWN"}
    await first.catch_up()
    await messenger.send_all(second)
    assert await messenger.states() == {"order:1": "SENT"}
    assert await messenger.seen(ANN) == ["revision 1"]


async def test_a_block_that_is_written_late_shuts_nobody_out_who_is_back(
    messenger: Messenger, shop: Shop
) -> None:
    async with shop.services.database.connection() as connection:
        await chats.open_chat(connection, ANN, "en")
    messenger.fault("blocked", "sendMessage", chat=str(ANN))
    first = interrupted(messenger, "end", Phase.BEFORE)
    await messenger.say(ANN, "first")
    await break_off(first)
    async with shop.services.database.connection() as connection:
        await chats.open_chat(connection, ANN, "en")
    await messenger.say(ANN, "second")
    await first.catch_up()
    assert await messenger.states() == {f"{ANN}:first": "GONE", f"{ANN}:second": "QUEUED"}
    state = "select state from telegram_chats where telegram_id = $1"
    assert await shop.fetchval(state, ANN) == "OPEN"
