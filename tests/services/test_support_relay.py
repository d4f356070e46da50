"""Support in chats: messages pass both ways, and administrators act in topics."""

from collections.abc import AsyncIterator

import pytest

from sandbox.telegram.world import ADMINISTRATOR, BOT_ID
from tests.support.helpdesk import ANN, BEN, Helpdesk, open_helpdesk
from tests.support.shop import Shop


@pytest.fixture
async def helpdesk(shop: Shop) -> AsyncIterator[Helpdesk]:
    async with open_helpdesk(shop) as opened:
        yield opened


async def test_a_customer_writes_and_an_administrator_answers(helpdesk: Helpdesk) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "My code does not come")
    assert len(await helpdesk.topics()) == 1
    assert await helpdesk.copied(ANN) == ["My code does not come"]
    assert any("within 24 hours" in one for one in await helpdesk.seen_by(ANN))
    await helpdesk.answer("Which order is it?", await helpdesk.thread_of(ANN))
    assert (await helpdesk.seen_by(ANN))[-1] == "Which order is it?"
    await helpdesk.write(ANN, "The last one")
    assert await helpdesk.copied(ANN) == ["My code does not come", "The last one"]
    assert sum("within 24 hours" in one for one in await helpdesk.seen_by(ANN)) == 1


async def test_pictures_and_files_pass_too(helpdesk: Helpdesk) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.send_file(ANN, "proof.pdf", caption="here")
    media = [one.get("media") for one in await helpdesk.in_topic(ANN)]
    assert "document" in media
    await helpdesk.send_file(
        ADMINISTRATOR, "answer.pdf", chat=helpdesk.group, thread=await helpdesk.thread_of(ANN)
    )
    assert (await helpdesk.chat(ANN))[-1]["media"] == "document"


async def test_the_topic_says_who_they_are_at_its_top_and_follows_what_changes(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.enter(ANN)
    user = await helpdesk.user_of(ANN)
    await helpdesk.write(ANN, "Hello")
    header = await helpdesk.header(ANN)
    assert user in header["text"]
    assert "balance 20.00 USD" in header["text"]
    answer = await helpdesk.http.get("/control/telegram/chats", params={"chat": helpdesk.group})
    assert header["messageId"] in answer.json()["chats"][0]["pinned"]
    await helpdesk.shop.services.identity.ban(user, actor="test", reason="Chargebacks")
    await helpdesk.let_a_minute_pass()
    await helpdesk.keeping.run()
    await helpdesk.work()
    assert "Chargebacks" in (await helpdesk.header(ANN))["text"]
    edits = await helpdesk.shop.fetchval(
        "select revision from deliveries where kind = 'support.header'"
    )
    await helpdesk.keeping.run()
    assert edits == await helpdesk.shop.fetchval(
        "select revision from deliveries where kind = 'support.header'"
    )


async def test_what_is_written_goes_before_who_wrote_it(helpdesk: Helpdesk) -> None:
    await helpdesk.enter(ANN)
    user = await helpdesk.user_of(ANN)
    await helpdesk.write(ANN, "Hello")
    await helpdesk.shop.services.identity.ban(user, actor="test", reason="Chargebacks")
    waiting = "select array_agg(kind order by priority, id) from deliveries where state = 'QUEUED'"
    await helpdesk.keeping.run()
    assert await helpdesk.shop.fetchval(waiting) is None
    await helpdesk.let_a_minute_pass()
    await helpdesk.keeping.run()
    await helpdesk.control("message", **{"from": ANN, "text": "Are you there?"})
    await helpdesk.polling._ask()
    await helpdesk.handling.run()
    assert await helpdesk.shop.fetchval(waiting) == ["support.copy", "support.header"]


async def test_replies_and_edits_pass_where_they_can(helpdesk: Helpdesk) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    question = await helpdesk.write(ANN, "Where is it?")
    thread = await helpdesk.thread_of(ANN)
    (copy,) = [one for one in await helpdesk.in_topic(ANN) if one["text"] == "Where is it?"]
    answer = await helpdesk.answer("There", thread, replyTo=copy["messageId"])
    (said,) = [one for one in await helpdesk.chat(ANN) if one["text"] == "There"]
    assert said.get("replyTo") == question
    await helpdesk.answer("Over there", thread, edit=answer)
    shown = await helpdesk.seen_by(ANN)
    assert shown[-1] == "Over there"
    assert "There" not in shown
    await helpdesk.write(ANN, "Where is my code?", edit=question)
    (edited,) = [one for one in await helpdesk.in_topic(ANN) if one["text"] == "Where is my code?"]
    assert edited.get("replyTo") == copy["messageId"]
    assert "Where is it?" in await helpdesk.copied(ANN)


async def test_what_begins_with_two_slashes_or_stands_elsewhere_stays_in_the_group(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "Hello")
    before = await helpdesk.seen_by(ANN)
    thread = await helpdesk.thread_of(ANN)
    await helpdesk.answer("// he has asked before", thread)
    await helpdesk.answer("Lunch?", None)
    await helpdesk.answer("/frobnicate now", thread)
    assert await helpdesk.seen_by(ANN) == before
    assert "Unknown command" in (await helpdesk.in_topic(ANN))[-1]["text"]


async def test_who_is_no_administrator_is_not_heard_in_the_group(helpdesk: Helpdesk) -> None:
    admin = await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.enter(BEN)
    await helpdesk.write(ANN, "Hello")
    before, thread = await helpdesk.seen_by(ANN), await helpdesk.thread_of(ANN)
    await helpdesk.control("member", chat=helpdesk.group, user=BEN, status="member")
    await helpdesk.answer("Send me your seed phrase", thread, who=BEN)
    await helpdesk.answer("/ban because", thread, who=BEN)
    await helpdesk.shop.services.identity.ban(admin, actor="test", reason="left us")
    await helpdesk.answer("I am still here", thread)
    await helpdesk.answer("/ban because", thread)
    assert await helpdesk.seen_by(ANN) == before
    assert len(await helpdesk.audited("user.ban")) == 1


async def test_a_topic_that_vanished_is_made_anew_and_nothing_is_lost(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "First")
    old = await helpdesk.thread_of(ANN)
    await helpdesk.control("topic/remove", chat=helpdesk.group, thread=old)
    await helpdesk.write(ANN, "Second")
    new = await helpdesk.thread_of(ANN)
    assert new != old
    assert await helpdesk.copied(ANN) == ["Second"]
    assert (await helpdesk.header(ANN))["thread"] == new
    await helpdesk.answer("Got it", new)
    assert (await helpdesk.seen_by(ANN))[-1] == "Got it"


async def test_what_was_brought_otherwise_is_not_brought_again_by_hand(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "First")
    await helpdesk.control(
        "topic/remove", chat=helpdesk.group, thread=await helpdesk.thread_of(ANN)
    )
    await helpdesk.write(ANN, "Second")
    failed = await helpdesk.shop.fetchval("select id from deliveries where state = 'FAILED'")
    await helpdesk.shop.services.deliveries.retry(failed, "test", "why not")
    await helpdesk.work()
    assert await helpdesk.copied(ANN) == ["Second"]


async def test_what_perhaps_arrived_is_sent_again_when_a_person_says_so(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "Hello")
    helpdesk.fault("drop_after", "copyMessage")
    await helpdesk.answer("Good day", await helpdesk.thread_of(ANN))
    parked = await helpdesk.shop.fetchval("select id from deliveries where state = 'UNKNOWN'")
    await helpdesk.shop.services.deliveries.retry(parked, "test", "they see nothing")
    await helpdesk.work()
    assert (await helpdesk.seen_by(ANN)).count("Good day") == 2


async def test_what_is_written_while_the_topic_is_being_made_arrives_in_order(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.enter(ANN)
    for words in ("one", "two", "three"):
        await helpdesk.control("message", **{"from": ANN, "text": words})
    await helpdesk.work()
    assert await helpdesk.copied(ANN) == ["one", "two", "three"]
    assert len(await helpdesk.topics()) == 1


async def test_a_lost_answer_about_a_topic_costs_no_message(helpdesk: Helpdesk) -> None:
    await helpdesk.enter(ANN)
    helpdesk.fault("drop_after", "createForumTopic")
    await helpdesk.write(ANN, "Hello")
    assert await helpdesk.shop.fetchval("select thread_id from support_topics") is None
    helpdesk.clock.move(180)
    await helpdesk.keeping.run()
    await helpdesk.work()
    assert await helpdesk.copied(ANN) == ["Hello"]


async def test_a_message_that_perhaps_arrived_is_not_sent_again_and_that_is_told(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "Hello")
    helpdesk.fault("drop_after", "copyMessage")
    await helpdesk.answer("Good day", await helpdesk.thread_of(ANN))
    assert (await helpdesk.seen_by(ANN)).count("Good day") == 1
    assert "Perhaps not delivered" in (await helpdesk.in_topic(ANN))[-1]["text"]


async def test_a_bot_without_rights_keeps_everything_until_it_has_them_again(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.enter(ANN)
    await helpdesk.control(
        "rights", chat=helpdesk.group, status="administrator", rights={"can_manage_topics": False}
    )
    await helpdesk.write(ANN, "Hello")
    assert (await helpdesk.keeping.figures()).waiting == 0
    helpdesk.clock.move(600)
    assert (await helpdesk.keeping.figures()).waiting == 1
    await helpdesk.control(
        "rights", chat=helpdesk.group, status="administrator", rights={"can_manage_topics": True}
    )
    await helpdesk.keeping.run()
    await helpdesk.work()
    assert await helpdesk.copied(ANN) == ["Hello"]


async def test_a_bot_that_was_put_out_of_the_group_brings_everything_when_it_is_back(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "One")
    await helpdesk.control("rights", chat=helpdesk.group, status="kicked")
    for words in ("Two", "Three"):
        await helpdesk.control("message", **{"from": ANN, "text": words})
    await helpdesk.work()
    await helpdesk.control("rights", chat=helpdesk.group, status="administrator")
    for _ in range(2):
        helpdesk.clock.move(600)
        await helpdesk.keeping.run()
        await helpdesk.work()
    assert await helpdesk.copied(ANN) == ["One", "Two", "Three"]


async def test_a_customer_who_blocked_the_bot_is_told_of_in_the_topic(helpdesk: Helpdesk) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "Hello")
    await helpdesk.control("block", user=ANN)
    await helpdesk.work()
    await helpdesk.answer("Good day", await helpdesk.thread_of(ANN))
    await helpdesk.keeping.run()
    await helpdesk.work()
    assert "blocked the bot" in (await helpdesk.in_topic(ANN))[-1]["text"]


async def test_a_group_that_became_another_is_followed(helpdesk: Helpdesk) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    moved = await helpdesk.control("migrate", chat=helpdesk.group, forum=True)
    helpdesk.group = moved["newChat"]
    await helpdesk.write(ANN, "Hello")
    assert await helpdesk.copied(ANN) == ["Hello"]
    await helpdesk.answer("Good day", await helpdesk.thread_of(ANN))
    assert (await helpdesk.seen_by(ANN))[-1] == "Good day"


async def test_a_case_is_counted_from_its_first_message_to_its_end(helpdesk: Helpdesk) -> None:
    admin = await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.enter(BEN)
    await helpdesk.write(ANN, "Hello")
    await helpdesk.write(BEN, "Hello")
    figures = await helpdesk.keeping.figures()
    assert (figures.open, figures.unanswered, figures.opened) == (2, 2, 2)
    await helpdesk.answer("Good day", await helpdesk.thread_of(ANN))
    assert await helpdesk.shop.fetchval("select answered_by from support_cases limit 1") in {
        admin,
        None,
    }
    await helpdesk.answer("/close", await helpdesk.thread_of(ANN))
    figures = await helpdesk.keeping.figures()
    assert (figures.open, figures.unanswered, figures.resolved) == (1, 1, 1)
    assert figures.first_answer_median_s is not None
    assert figures.resolution_median_s is not None
    assert "closed this conversation" in (await helpdesk.seen_by(ANN))[-1]
    # Silence ends what was answered alone.
    await helpdesk.answer("Good day", await helpdesk.thread_of(BEN))
    helpdesk.clock.move(80 * 3_600)
    await helpdesk.keeping.run()
    assert await helpdesk.shop.fetchval(
        "select array_agg(resolution order by id) from support_cases"
    ) == ["ADMIN", "SILENCE"]


async def test_going_back_leaves_support_and_an_answer_that_comes_later_can_be_replied_to(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "Hello")
    (opened,) = [one for one in await helpdesk.chat(ANN) if "within 24 hours" in one["text"]]
    await helpdesk.press(ANN, opened, "Back to the shop")
    assert await helpdesk.shop.fetchval("select resolution from support_cases") is None
    await helpdesk.write(ANN, "telegram")
    assert await helpdesk.copied(ANN) == ["Hello"]
    await helpdesk.answer("Good day", await helpdesk.thread_of(ANN))
    answer = (await helpdesk.chat(ANN))[-1]
    await helpdesk.press(ANN, answer, "Reply")
    await helpdesk.write(ANN, "Thanks")
    assert await helpdesk.copied(ANN) == ["Hello", "Thanks"]


async def test_no_table_and_no_delivery_holds_what_people_wrote(helpdesk: Helpdesk) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "zanzibar one")
    await helpdesk.answer("zanzibar two", await helpdesk.thread_of(ANN))
    for table in ("deliveries", "telegram_updates", "support_messages", "support_cases"):
        found = await helpdesk.shop.fetchval(
            f"select count(*) from {table} t where t::text like '%zanzibar%'"
        )
        assert found == 0, table


async def test_what_the_bot_hears_of_its_own_acts_goes_nowhere(helpdesk: Helpdesk) -> None:
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "Hello")
    thread = await helpdesk.thread_of(ANN)
    header = await helpdesk.header(ANN)
    count = "select count(*) from deliveries"
    brought, told = await helpdesk.shop.fetchval(count), await helpdesk.seen_by(ANN)
    handled = await helpdesk.shop.fetchval("select count(*) from telegram_updates")
    topic = {"chat_id": helpdesk.group, "message_thread_id": thread}
    for method, arguments in (
        ("createForumTopic", {"chat_id": helpdesk.group, "name": "Nobody's"}),
        ("editForumTopic", {**topic, "name": "Ann, urgent"}),
        ("closeForumTopic", topic),
        ("reopenForumTopic", topic),
        ("pinChatMessage", {"chat_id": helpdesk.group, "message_id": header["messageId"]}),
        ("setChatTitle", {"chat_id": helpdesk.group, "title": "Desk"}),
        (
            "pinChatMessage",
            {"chat_id": ANN, "message_id": (await helpdesk.chat(ANN))[-1]["messageId"]},
        ),
    ):
        await helpdesk.api.call(method, arguments)
    await helpdesk.work()
    outcomes = await helpdesk.shop.fetchval(
        "select array_agg(distinct outcome) from telegram_updates"
    )
    assert await helpdesk.shop.fetchval("select count(*) from telegram_updates") == handled + 7
    assert outcomes == ["done"]
    assert await helpdesk.shop.fetchval(count) == brought
    assert await helpdesk.seen_by(ANN) == [*told, ""]  # the note of the pin, and no word
    assert [one["text"] for one in await helpdesk.in_topic(ANN) if one["from"] != BOT_ID] == []
