"""Asking for messages to be sent: once, and followed while what they tell of changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jiema_app.domain.notifications.deliveries import COUNTDOWN, NEWS, Delivery, follow, put
from tests.support.shop import Shop

ROW = "select * from deliveries where key = $1"
LATER = datetime.now(UTC) + timedelta(hours=1)


def delivery(key: str = "order:1", **other: Any) -> Delivery:
    return Delivery(**{"recipient": "700", "kind": "order", "key": key, **other})


async def follow_it(shop: Shop, revision: int, **other: Any) -> Any:
    async with shop.services.database.transaction() as connection:
        await follow(connection, delivery(**other), revision)
        return await connection.fetchrow(ROW, "order:1")


async def test_a_delivery_is_written_down_once(shop: Shop) -> None:
    for payload in ({"first": True}, {"first": False}):
        async with shop.services.database.transaction() as connection:
            await put(connection, delivery(payload=payload), delivery("order:2"))
    row = await shop.fetchrow(ROW, "order:1")
    assert (row["state"], row["revision"], row["sent_revision"]) == ("QUEUED", 1, 0)
    assert row["payload"] == {"first": True}
    assert await shop.fetchval("select count(*) from deliveries") == 2


async def test_what_follows_raises_the_revision_of_the_same_row(shop: Shop) -> None:
    await follow_it(shop, 1)
    row = await follow_it(shop, 5, payload={"newest": True})
    assert (row["revision"], row["payload"], row["state"]) == (5, {"newest": True}, "QUEUED")
    assert (await follow_it(shop, 4, payload={}))["payload"] == {"newest": True}


async def test_a_countdown_makes_waiting_news_neither_later_nor_shorter(shop: Shop) -> None:
    await follow_it(shop, 1, priority=NEWS)
    row = await follow_it(shop, 2, priority=COUNTDOWN, expires_at=LATER, not_before=LATER)
    assert (row["priority"], row["expires_at"]) == (NEWS, None)
    assert row["not_before"] < LATER


async def test_news_overtake_a_countdown_that_waits(shop: Shop) -> None:
    await follow_it(shop, 1, priority=COUNTDOWN, expires_at=LATER, not_before=LATER)
    row = await follow_it(shop, 2, priority=NEWS)
    assert (row["priority"], row["expires_at"]) == (NEWS, None)
    assert row["not_before"] < LATER


async def test_what_was_sent_is_queued_again_as_an_edit(shop: Shop) -> None:
    await follow_it(shop, 1)
    await shop.execute(
        "update deliveries set state = 'SENT', sent_revision = 1, message_id = 9, payload = null, "
        "settled_at = now()"
    )
    assert (await follow_it(shop, 1))["state"] == "SENT"
    row = await follow_it(shop, 2, priority=COUNTDOWN, expires_at=LATER)
    assert (row["state"], row["message_id"], row["priority"]) == ("QUEUED", 9, COUNTDOWN)
    assert row["expires_at"] == LATER


async def test_nothing_follows_a_message_that_may_have_been_sent(shop: Shop) -> None:
    await follow_it(shop, 1)
    await shop.execute("update deliveries set state = 'UNKNOWN', settled_at = now()")
    row = await follow_it(shop, 2)
    assert (row["state"], row["revision"]) == ("UNKNOWN", 2)
    assert row["settled_at"] is not None


async def test_what_is_asked_for_in_a_transaction_that_fails_is_not_sent(shop: Shop) -> None:
    async def ask_and_fail() -> None:
        async with shop.services.database.transaction() as connection:
            await put(connection, delivery())
            raise LookupError

    with pytest.raises(LookupError):
        await ask_and_fail()
    assert await shop.fetchval("select count(*) from deliveries") == 0
