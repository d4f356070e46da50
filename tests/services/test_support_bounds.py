"""What does not pass between customers and those who answer: too much, albums, another group's."""

from collections.abc import AsyncIterator

import pytest

from sandbox.telegram.world import ADMINISTRATOR
from tests.support.helpdesk import ANN, BEN, Helpdesk, open_helpdesk
from tests.support.shop import Shop


@pytest.fixture
async def helpdesk(shop: Shop) -> AsyncIterator[Helpdesk]:
    async with open_helpdesk(shop) as opened:
        yield opened


async def test_somebody_who_writes_too_much_is_told_kindly(helpdesk: Helpdesk) -> None:
    await helpdesk.enter(ANN)
    for number in range(9):
        await helpdesk.control("message", **{"from": ANN, "text": f"message {number}"})
    await helpdesk.work()
    assert len(await helpdesk.copied(ANN)) == 5
    assert 1 <= sum("lot of messages" in one for one in await helpdesk.seen_by(ANN)) <= 2


async def test_so_many_of_one_person_wait_for_the_group_and_no_more(helpdesk: Helpdesk) -> None:
    await helpdesk.enter(ANN)
    no_rights = {"status": "administrator", "rights": {"can_manage_topics": False}}
    await helpdesk.control("rights", chat=helpdesk.group, **no_rights)
    for number in range(12):
        await helpdesk.write(ANN, f"message {number}")
        await helpdesk.shop.execute(
            "update support_messages set created_at = created_at - interval '30 seconds'"
        )
    waiting = "select count(*) from support_messages where state = 'WAITING'"
    assert await helpdesk.shop.fetchval(waiting) == 10
    assert any("lot of messages" in one for one in await helpdesk.seen_by(ANN))


async def test_few_topics_are_asked_for_in_a_minute(helpdesk: Helpdesk) -> None:
    people = range(601, 608)
    for person in people:
        await helpdesk.enter(person)
    for person in people:
        await helpdesk.control("message", **{"from": person, "text": "Hello"})
        await helpdesk.polling._ask()
        await helpdesk.handling.run()
    assert (
        await helpdesk.shop.fetchval(
            "select count(*) from deliveries where kind = 'support.topic' and not_before > now()"
        )
        == len(people) - 5
    )
    await helpdesk.shop.execute("update deliveries set not_before = now() where state = 'QUEUED'")
    await helpdesk.work()
    assert len(await helpdesk.topics()) == len(people)


async def test_who_is_banned_may_object_once_an_hour(helpdesk: Helpdesk) -> None:
    await helpdesk.enter(ANN)
    user = await helpdesk.user_of(ANN)
    await helpdesk.shop.services.identity.ban(user, actor="test", reason="Chargebacks")
    for words in ("That was not me", "Hello?", "Hello??"):
        await helpdesk.write(ANN, words)
    assert await helpdesk.copied(ANN) == ["That was not me"]
    await helpdesk.shop.execute(
        "update support_messages set created_at = created_at - interval '61 minutes'"
    )
    await helpdesk.write(ANN, "Still here")
    assert await helpdesk.copied(ANN) == ["That was not me", "Still here"]


async def test_an_album_stays_in_the_group_whichever_of_its_pictures_has_the_words(
    helpdesk: Helpdesk,
) -> None:
    await helpdesk.appoint()
    await helpdesk.enter(ANN)
    await helpdesk.write(ANN, "Hello")
    before, thread = await helpdesk.chat(ANN), await helpdesk.thread_of(ANN)
    for caption in ("// look at this", "", ""):
        await helpdesk.send_file(
            ADMINISTRATOR,
            "fraud.pdf",
            chat=helpdesk.group,
            thread=thread,
            caption=caption,
            told={"media_group_id": "77"},
        )
    assert await helpdesk.chat(ANN) == before
    said = [one["text"] for one in await helpdesk.in_topic(ANN)]
    assert sum("album" in one for one in said) == 1


async def test_topics_of_another_group_are_nobodys_in_this_one(helpdesk: Helpdesk) -> None:
    await helpdesk.appoint()
    for person in (ANN, BEN):
        await helpdesk.enter(person)
    await helpdesk.write(ANN, "Ann here")
    anns = await helpdesk.thread_of(ANN)
    moved = await helpdesk.control("migrate", chat=helpdesk.group, forum=True)
    helpdesk.group = moved["newChat"]
    await helpdesk.write(BEN, "Ben here")
    # The numbers of the new group begin anew: one of them is Ann's of before.
    thread = await helpdesk.thread_of(BEN)
    before = await helpdesk.seen_by(ANN)
    await helpdesk.shop.execute(
        "update support_topics set thread_id = $2 where telegram_id = $1", ANN, thread
    )
    await helpdesk.answer("For Ben alone", thread)
    await helpdesk.write(ANN, "Ann again")
    assert await helpdesk.seen_by(ANN) == before
    assert (await helpdesk.seen_by(BEN))[-1] == "For Ben alone"
    assert await helpdesk.copied(BEN) == ["Ben here"]
    assert await helpdesk.copied(ANN) == ["Ann again"]
    assert await helpdesk.thread_of(ANN) not in {anns, thread}
