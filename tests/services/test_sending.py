"""Sending what is queued: once, in order, edited when it changes, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jiema_app.domain.notifications.deliveries import AT_ONCE, COUNTDOWN, NEWS, Delivery, follow
from jiema_app.domain.notifications.pacing import Paces
from jiema_app.domain.notifications.sender import TransportAway
from jiema_app.domain.notifications.transport import ClaimedDelivery, Content, Moved, Outcome, Sent
from jiema_app.domain.telegram import chats
from jiema_app.domain.telegram.calls import TelegramCall, answer_callback, as_payload
from jiema_app.domain.transaction import Connection
from tests.support.messenger import ANN, BEN, CID, Messenger
from tests.support.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Callable

GROUP = -1_002_000_000_001


async def follow_order(messenger: Messenger, revision: int, **other: Any) -> None:
    delivery = Delivery(str(ANN), "say", "order:1", **other)
    async with messenger.shop.services.database.transaction() as connection:
        await follow(connection, delivery, revision)


async def test_what_is_queued_is_sent_once_and_its_payload_forgotten(messenger: Messenger) -> None:
    await messenger.say(ANN, "Hello")
    await messenger.say(ANN, "Hello")
    await messenger.send_all()
    await messenger.send_all()
    assert await messenger.seen(ANN) == ["Hello"]
    row = await messenger.row(f"{ANN}:Hello")
    assert (row["state"], row["sent_revision"], row["payload"]) == ("SENT", 1, None)
    assert row["message_id"] is not None


async def test_in_a_chat_messages_keep_their_order(messenger: Messenger) -> None:
    for number in range(5):
        await messenger.say(ANN, f"number {number}")
        await messenger.say(BEN, f"number {number}")
    await messenger.send_all()
    for chat in (ANN, BEN):
        assert await messenger.seen(chat) == [f"number {number}" for number in range(5)]


async def test_what_carries_news_goes_before_what_does_not(messenger: Messenger) -> None:
    await messenger.say(ANN, "a countdown", priority=COUNTDOWN)
    await messenger.say(ANN, "a code", priority=NEWS)
    await messenger.send_all()
    assert await messenger.seen(ANN) == ["a code", "a countdown"]


async def test_what_follows_edits_the_same_message(messenger: Messenger) -> None:
    await follow_order(messenger, 1)
    await messenger.send_all()
    assert await messenger.seen(ANN) == ["revision 1"]
    await follow_order(messenger, 2)
    await follow_order(messenger, 7)
    await messenger.send_all()
    assert await messenger.seen(ANN) == ["revision 7"]
    assert messenger.calls.count("editMessageText") == 1


async def test_what_changes_while_it_is_sent_is_edited_afterwards(messenger: Messenger) -> None:
    async def slow(delivery: ClaimedDelivery) -> Content | None:
        if delivery.revision == 1:
            await follow_order(messenger, 2)
        return await real(delivery)

    real = messenger.renderers["say"]
    messenger.renderers["say"] = slow
    await follow_order(messenger, 1)
    await messenger.send_all()
    assert await messenger.seen(ANN) == ["revision 2"]
    assert (await messenger.row("order:1"))["sent_revision"] == 2


async def test_news_that_come_while_there_is_nothing_to_say_are_sent(messenger: Messenger) -> None:
    async def silent(delivery: ClaimedDelivery) -> Any:
        if delivery.revision == 1:
            await follow_order(messenger, 2)
            return None
        return await real(delivery)

    real = messenger.renderers["say"]
    messenger.renderers["say"] = silent
    await follow_order(messenger, 1)
    await messenger.send_all()
    assert await messenger.seen(ANN) == ["revision 2"]


async def test_an_edit_that_changes_nothing_counts_as_sent(messenger: Messenger) -> None:
    for revision in (1, 2):
        await follow_order(messenger, revision, payload={"text": "the same"})
        await messenger.send_all()
    assert (await messenger.row("order:1"))["sent_revision"] == 2


async def test_what_is_too_late_is_not_sent(messenger: Messenger) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    await messenger.say(ANN, "10 minutes left", expires_at=past)
    await messenger.say(ANN, "a code")
    await messenger.send_all()
    assert await messenger.seen(ANN) == ["a code"]
    assert (await messenger.states())[f"{ANN}:10 minutes left"] == "DROPPED"


async def test_what_has_nothing_to_say_any_more_is_dropped(messenger: Messenger) -> None:
    await messenger.say(ANN, None, key="nothing")
    await messenger.send_all()
    assert await messenger.states() == {"nothing": "DROPPED"}


async def test_a_renderer_that_fails_fails_alone(messenger: Messenger) -> None:
    async def fail(_delivery: ClaimedDelivery) -> TelegramCall | None:
        raise LookupError("a test")

    messenger.renderers["broken"] = fail
    await messenger.put(Delivery(str(ANN), "broken", "broken"))
    await messenger.say(ANN, "Hello")
    await messenger.send_all()
    assert await messenger.states() == {"broken": "FAILED", f"{ANN}:Hello": "SENT"}


async def test_a_kind_that_nobody_knows_waits_for_a_newer_version(messenger: Messenger) -> None:
    await messenger.put(Delivery(str(ANN), "of tomorrow", "new"))
    await messenger.send_all()
    row = await messenger.row("new")
    assert (row["state"], row["error"]) == ("QUEUED", "unknown kind")
    assert row["not_before"] > datetime.now(UTC)


async def test_telegram_s_no_is_written_down_in_a_word(messenger: Messenger) -> None:
    await messenger.say(ANN, "<b>unclosed", key="html")
    await messenger.send_all()
    row = await messenger.row("html")
    assert (row["state"], row["error"]) == ("FAILED", "entities")


async def test_whoever_blocked_the_bot_is_left_alone(messenger: Messenger, shop: Shop) -> None:
    async with shop.services.database.connection() as connection:
        await chats.open_chat(connection, ANN, "en")
    messenger.fault("blocked", "sendMessage", chat=str(ANN))
    await messenger.say(ANN, "first")
    await messenger.say(ANN, "second")
    await messenger.say(BEN, "Hello")
    await messenger.send_all()
    assert set((await messenger.states()).values()) == {"GONE", "SENT"}
    await messenger.say(ANN, "third")
    await messenger.send_all()
    assert (await messenger.states())[f"{ANN}:third"] == "GONE"
    assert await messenger.seen(ANN) == []
    async with shop.services.database.connection() as connection:
        await chats.open_chat(connection, ANN, "en")
    await messenger.say(ANN, "welcome back")
    await messenger.send_all()
    assert await messenger.seen(ANN) == ["welcome back"]


async def test_a_group_that_became_a_supergroup_is_written_to_where_it_is(
    messenger: Messenger, shop: Shop
) -> None:
    old = -4_000_001
    async with shop.services.database.connection() as connection:
        await chats.note_move(connection, old, GROUP)
    await messenger.say(old, "for support")
    await messenger.send_all()
    assert await messenger.seen(GROUP) == ["for support"]
    async with shop.services.database.connection() as connection:
        assert await chats.current_id(connection, old) == GROUP


async def test_a_group_that_is_said_to_move_in_a_circle_is_found_at_its_last_number(
    shop: Shop,
) -> None:
    steps = [(-1, -2), (-2, -3), (-3, -1), (-1, -1)]
    async with shop.services.database.connection() as connection:
        for old, new in steps:
            await chats.note_move(connection, old, new)
        assert [await chats.current_id(connection, one) for one in (-2, -3, -1)] == [-1, -1, -1]


async def test_one_that_moves_to_and_fro_is_given_up(messenger: Messenger) -> None:
    class Restless:
        async def send(self, message: Content, recipient: str, message_id: int | None) -> Outcome:
            del message, message_id
            return Moved("-1" if recipient == "-2" else "-2")

        async def answers(self) -> bool:
            return True

    await messenger.say(-1, "Hello")
    sender = messenger.sender(transport=Restless())
    await messenger.send_all(sender)
    assert (await messenger.row("-1:Hello"))["state"] == "FAILED"


async def test_a_storm_of_too_fast_stops_everything_and_loses_nothing(
    messenger: Messenger,
) -> None:
    messenger.fault("http429", "sendMessage", count=4, retry_after=1)
    for person in (ANN, BEN, CID):
        await messenger.say(person, "Hello")
    await messenger.send_all()
    for person in (ANN, BEN, CID):
        assert await messenger.seen(person) == ["Hello"]


async def test_codes_do_not_wait_for_a_group_that_is_written_to_too_fast(
    messenger: Messenger,
) -> None:
    messenger.fault("http429", "sendMessage", chat=str(GROUP), retry_after=300)
    await messenger.say(GROUP, "for support")
    sender = messenger.sender()
    await sender.run(datetime.now(UTC))
    await messenger.say(ANN, "a code")
    await messenger.say(GROUP, "more")
    await sender.run(datetime.now(UTC))
    await sender.finish(5)
    assert await messenger.seen(ANN) == ["a code"]
    assert await messenger.seen(GROUP) == []
    assert messenger.calls.count("sendMessage") == 2


async def test_a_server_in_trouble_is_asked_again(messenger: Messenger) -> None:
    messenger.fault("http500", "sendMessage", count=1)
    await messenger.say(ANN, "Hello")
    sender = messenger.sender()
    await sender.run(datetime.now(UTC))
    await messenger.shop.execute("update deliveries set not_before = now()")
    await messenger.send_all(sender)
    assert await messenger.seen(ANN) == ["Hello"]


async def test_a_message_whose_answer_was_lost_is_parked_and_never_repeated(
    messenger: Messenger,
) -> None:
    messenger.fault("drop_after", "sendMessage")
    await messenger.say(ANN, "Hello")
    await messenger.send_all()
    assert await messenger.states() == {f"{ANN}:Hello": "UNKNOWN"}
    await messenger.send_all()
    assert await messenger.seen(ANN) == ["Hello"]


async def test_an_edit_whose_answer_was_lost_is_repeated(messenger: Messenger) -> None:
    await follow_order(messenger, 1)
    await messenger.send_all()
    messenger.fault("drop_after", "editMessageText")
    await follow_order(messenger, 2)
    sender = messenger.sender()
    await sender.run(datetime.now(UTC))
    await messenger.shop.execute("update deliveries set not_before = now()")
    await messenger.send_all(sender)
    assert (await messenger.row("order:1"))["state"] == "SENT"
    assert messenger.calls.count("editMessageText") == 2


async def test_while_telegram_is_away_nothing_is_lost_and_stale_countdowns_are_not_sent(
    messenger: Messenger, shop: Shop
) -> None:
    messenger.take_down(600)
    await messenger.say(ANN, "a code", priority=NEWS)
    in_a_minute = datetime.now(UTC) + timedelta(minutes=1)
    await messenger.say(ANN, "10 minutes left", priority=COUNTDOWN, expires_at=in_a_minute)
    for person in (BEN, CID):
        await messenger.say(person, "Hello")
    sender = messenger.sender()
    for _ in range(5):
        try:
            await sender.run(datetime.now(UTC))
        except TransportAway:
            break
        await shop.execute("update deliveries set not_before = now() where state = 'QUEUED'")
    else:
        pytest.fail("it is not noticed")
    await shop.pass_time(7200)
    messenger.take_down(0)
    sender._paused_until = 0.0
    await messenger.send_all(sender)
    assert await messenger.seen(ANN) == ["a code"]
    assert (await messenger.states())[f"{ANN}:10 minutes left"] == "DROPPED"
    assert await messenger.seen(BEN) == ["Hello"]


async def test_what_a_sender_left_under_way_is_parked_or_edited_again(
    messenger: Messenger, shop: Shop
) -> None:
    await follow_order(messenger, 1)
    await messenger.send_all()
    await follow_order(messenger, 2)
    await messenger.say(BEN, "perhaps sent")
    await shop.execute(
        "update deliveries set state = 'SENDING', claimed_by = 'one that died', claimed_at = now() "
        "where state = 'QUEUED'"
    )
    await messenger.send_all()
    assert await messenger.states() == {"order:1": "SENT", f"{BEN}:perhaps sent": "UNKNOWN"}
    assert await messenger.seen(ANN) == ["revision 2"]


async def test_whoever_wants_to_know_is_told_in_the_same_transaction(
    messenger: Messenger, shop: Shop
) -> None:
    told: list[tuple[str, str]] = []

    async def hear(
        connection: Connection, delivery: ClaimedDelivery, outcome: Outcome, result: Any
    ) -> None:
        state = await connection.fetchval("select state from deliveries where id = $1", delivery.id)
        told.append((type(outcome).__name__, state))
        assert result["text"] == "Hello"

    messenger.settled["say"] = hear
    await messenger.say(ANN, "Hello")
    await messenger.send_all()
    assert told == [("Sent", "SENDING")]


async def test_a_message_that_was_deleted_is_made_anew_if_somebody_says_so(
    messenger: Messenger,
) -> None:
    async def again(
        _connection: Connection, _delivery: ClaimedDelivery, _outcome: Outcome, _result: Any
    ) -> bool:
        return True

    await follow_order(messenger, 1)
    await messenger.send_all()
    number = (await messenger.row("order:1"))["message_id"]
    await messenger.api.call("deleteMessage", {"chat_id": ANN, "message_id": number})
    await follow_order(messenger, 2)
    await messenger.send_all()
    row = await messenger.row("order:1")
    assert (row["state"], row["message_id"]) == ("DROPPED", None)
    await follow_order(messenger, 3)
    await messenger.send_all()
    number = (await messenger.row("order:1"))["message_id"]
    await messenger.api.call("deleteMessage", {"chat_id": ANN, "message_id": number})
    messenger.settled["say"] = again
    await follow_order(messenger, 4)
    await messenger.send_all()
    assert await messenger.seen(ANN) == ["revision 4"]


async def test_the_pace_of_a_chat_holds_up_nobody_else(messenger: Messenger) -> None:
    paces = Paces(1_000.0, 100, 60.0, 20, lambda recipient: recipient.startswith("-"))
    await messenger.say(ANN, "first")
    await messenger.say(ANN, "second")
    await messenger.say(BEN, "Hello")
    sender = messenger.sender(paces=paces)
    await sender.run(datetime.now(UTC))
    await sender.finish(5)
    assert await messenger.seen(ANN) == ["first"]
    assert await messenger.seen(BEN) == ["Hello"]
    # What answers a press is no message, and waits for nobody.
    sender.is_stopping = False
    asked = await messenger.control("inline", {"from": ANN, "query": "x"})
    call = TelegramCall("answerInlineQuery", {"inline_query_id": asked["queryId"], "results": []})
    await messenger.put(
        Delivery(str(ANN), "telegram.call", "answer", payload=as_payload(call), priority=AT_ONCE)
    )
    await sender.run(datetime.now(UTC))
    await sender.finish(5)
    assert (await messenger.states())["answer"] == "SENT"


class Crowd:
    """A transport in whose ears people press and press: there is always something new to answer."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.pressed: Callable[[], None] = lambda: None

    async def send(self, message: Content, recipient: str, message_id: int | None) -> Outcome:
        del message, message_id
        self.seen.append(recipient)
        self.pressed()
        return Sent()

    async def answers(self) -> bool:
        return True


async def test_however_many_press_a_button_codes_are_every_second_call(
    messenger: Messenger,
) -> None:
    crowd = Crowd()
    sender = messenger.sender(paces=Paces(200.0, 1, 0.0, 20, lambda _: False), transport=crowd)
    crowd.pressed = sender.wake
    for person in range(1_000, 1_150):
        await messenger.say(person, "pressed", priority=AT_ONCE)
    for person in (ANN, BEN, CID):
        await messenger.say(person, "a code", priority=NEWS)
    await sender.run(datetime.now(UTC))
    await sender.finish(5)
    assert {str(ANN), str(BEN), str(CID)} <= set(crowd.seen[:6])


async def test_of_one_person_one_answer_waits(messenger: Messenger) -> None:
    for number in range(5):
        await messenger.say(ANN, f"press {number}", priority=AT_ONCE)
    await messenger.say(BEN, "a press", priority=AT_ONCE)
    states = await messenger.states()
    assert [key for key, state in states.items() if state == "QUEUED"] == [
        f"{ANN}:press 4",
        f"{BEN}:a press",
    ]


async def test_an_answer_to_an_old_press_is_dropped(messenger: Messenger) -> None:
    payload = as_payload(answer_callback("12345"))
    await messenger.put(
        Delivery(str(ANN), "telegram.call", "old", payload=payload, priority=AT_ONCE)
    )
    await messenger.send_all()
    row = await messenger.row("old")
    assert (row["state"], row["error"]) == ("DROPPED", "too late")


async def test_settled_deliveries_are_forgotten_after_a_month_and_replies_earlier(
    messenger: Messenger, shop: Shop
) -> None:
    await messenger.say(ANN, "a code", key="order:1:sms:1")
    await messenger.say(ANN, "a reply", key="update:1:1")
    await messenger.send_all()
    for days, left in ((2, 2), (2, 1), (20, 1), (7, 0)):
        await shop.pass_time(days * 86_400)
        await shop.services.deliveries.sweep()
        assert len(await messenger.states()) == left


async def test_a_person_decides_about_what_is_parked(messenger: Messenger, shop: Shop) -> None:
    messenger.fault("drop_after", "sendMessage", count=2)
    await messenger.say(ANN, "first")
    await messenger.say(BEN, "second")
    await messenger.send_all()
    desk = shop.services.deliveries
    numbers = {one.key: one.id for one in await desk.list_some("UNKNOWN")}  # type: ignore[arg-type]
    assert len(numbers) == 2
    await desk.retry(numbers[f"{ANN}:first"], "command-line", "they did not get it")
    await desk.drop(numbers[f"{BEN}:second"], "command-line", "they got it")
    await messenger.send_all()
    assert await messenger.states() == {f"{ANN}:first": "SENT", f"{BEN}:second": "DROPPED"}
    actions = await shop.fetchval("select array_agg(action order by id) from audit_records")
    assert actions == ["delivery.retry", "delivery.drop"]
